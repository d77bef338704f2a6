"""The closed list of metrics, and how they are raised.

Labels take few values each: a route's pattern, never a path; a declared name, never what a client sent.
"""

from enum import Enum
from functools import cache
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

# What this process counted itself; the whole truth only where it shares its figures with no other.
OWN_REGISTRY = CollectorRegistry()
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


class Kind(Enum):
    COUNTER = "counter"
    GAUGE = "gauge"  # summed over the processes that are alive
    HISTOGRAM = "histogram"


class Metric(Enum):
    """Each metric once: its name, kind and labels, and what it counts."""

    HTTP_REQUESTS = (
        "ca_http_requests_total",
        Kind.COUNTER,
        ("method", "route", "status"),
        "Requests answered, by route pattern and class of status (2xx, 3xx, 4xx, 5xx).",
    )
    HTTP_REQUEST_SECONDS = (
        "ca_http_request_seconds",
        Kind.HISTOGRAM,
        ("method", "route"),
        "Time from a request's arrival in Django to its answer.",
    )
    HTTP_REQUESTS_IN_PROGRESS = (
        "ca_http_requests_in_progress",
        Kind.GAUGE,
        (),
        "Requests that are being answered now.",
    )
    HEALTH_CHECK_FAILURES = (
        "ca_health_check_failures_total",
        Kind.COUNTER,
        ("check",),
        "Health checks that found a dependency down.",
    )
    TASKS_STARTED = (
        "ca_tasks_started_total",
        Kind.COUNTER,
        ("task",),
        "Celery tasks begun; a task whose worker died begins again.",
    )
    TASKS_FINISHED = (
        "ca_tasks_finished_total",
        Kind.COUNTER,
        ("task", "outcome"),
        "Celery tasks ended, by outcome: succeeded, failed, retried or rejected.",
    )
    TASK_SECONDS = (
        "ca_task_seconds",
        Kind.HISTOGRAM,
        ("task",),
        "Time that a Celery task ran.",
    )
    TASKS_IN_PROGRESS = (
        "ca_tasks_in_progress",
        Kind.GAUGE,
        ("task",),
        "Celery tasks that are running now.",
    )
    RECOMPUTE_SECONDS = (
        "ca_recompute_seconds",
        Kind.HISTOGRAM,
        ("family",),
        "Time of one recompute through its levels, by what it is made of: facts, hourly or daily reports.",
    )
    MARKS_RECOMPUTED = (
        "ca_marks_recomputed_total",
        Kind.COUNTER,
        (),
        "Marked buckets recomputed; each comes at least twice, soon and to be settled.",
    )
    MARKS_SETTLED = (
        "ca_marks_settled_total",
        Kind.COUNTER,
        (),
        "Marks that were recomputed for the last time and cleared.",
    )
    FRESHNESS_SECONDS = (
        "ca_freshness_seconds",
        Kind.HISTOGRAM,
        (),
        "How far the rollups are behind the event log whenever all marks were worked off.",
    )

    def __init__(self, full_name: str, kind: Kind, labels: tuple[str, ...], meaning: str) -> None:
        self.full_name = full_name
        self.kind = kind
        self.labels = labels
        self.meaning = meaning


def count(metric: Metric, by: int = 1, /, **labels: str) -> None:
    _series(metric, labels).inc(by)


def observe(metric: Metric, value: float, **labels: str) -> None:
    _series(metric, labels).observe(value)


def move(metric: Metric, by: int, **labels: str) -> None:
    """Raise or lower a gauge."""
    _series(metric, labels).inc(by)


def has_counted() -> bool:
    return _collector.cache_info().currsize > 0


def _series(metric: Metric, labels: dict[str, str]) -> Any:
    collector = _collector(metric)
    return collector.labels(**labels) if metric.labels else collector


@cache
def _collector(metric: Metric) -> Any:
    """Made at the first use: by then it is settled whether this process counts in memory or in files."""
    declared = (metric.full_name, metric.meaning, metric.labels)
    if metric.kind is Kind.COUNTER:
        return Counter(*declared, registry=OWN_REGISTRY)
    if metric.kind is Kind.GAUGE:
        return Gauge(*declared, registry=OWN_REGISTRY, multiprocess_mode="livesum")
    return Histogram(*declared, registry=OWN_REGISTRY, buckets=SECONDS)
