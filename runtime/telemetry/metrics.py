"""The closed list of metrics, and how they are raised.

Labels take few values each: a route's pattern, never a path; a declared name, never what a client sent.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

# What this process counted itself; the whole truth only where it shares its figures with no other.
OWN_REGISTRY = CollectorRegistry()
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


class Kind(Enum):
    COUNTER = "counter"
    GAUGE = "gauge"  # summed over the processes that are alive
    HISTOGRAM = "histogram"
    READING = "gauge, read when asked"  # of what all processes share; never raised by one of them


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
    EVENTS_RECEIVED = (
        "ca_events_received_total",
        Kind.COUNTER,
        ("kind", "outcome"),
        "Events at the doors, by outcome: accepted, rejected, or unknown (the log did not acknowledge it).",
    )
    EVENTS_DUPLICATE = (
        "ca_events_duplicate_total",
        Kind.COUNTER,
        (),
        "Further events of an identity that one request holds more than once; they count as accepted, too.",
    )
    EVENTS_LOGGED = (
        "ca_events_logged_total",
        Kind.COUNTER,
        ("topic",),
        "Events that the event log acknowledged.",
    )
    LOG_SECONDS = (
        "ca_log_acknowledgement_seconds",
        Kind.HISTOGRAM,
        ("topic",),
        "Time that the event log took to acknowledge what one request sent.",
    )
    CONSUMER_EVENTS = (
        "ca_consumer_events_total",
        Kind.COUNTER,
        ("topic",),
        "Events delivered by the log; one that is delivered again counts again.",
    )
    CONSUMER_BATCHES = (
        "ca_consumer_batches_total",
        Kind.COUNTER,
        (),
        "Batches committed; events divided by batches is their size.",
    )
    CONSUMER_REPEATS = (
        "ca_consumer_repeats_total",
        Kind.COUNTER,
        ("topic", "outcome"),
        "Events whose identity and payload were stored lately: skipped, or stored again as they came later.",
    )
    CONSUMER_ROWS = (
        "ca_consumer_rows_total",
        Kind.COUNTER,
        ("table",),
        "Rows inserted into the warehouse by consumers.",
    )
    CONSUMER_INSERT_SECONDS = (
        "ca_consumer_insert_seconds",
        Kind.HISTOGRAM,
        ("table",),
        "Time that an insert of a batch took.",
    )
    CONSUMER_HOLDS = (
        "ca_consumer_holds_total",
        Kind.COUNTER,
        ("doing",),
        "Times that a consumer held back because a server was away, by what it was doing.",
    )
    CONSUMER_LAG = (
        "ca_consumer_lag",
        Kind.GAUGE,
        ("partition",),
        "Events on the log that are not committed, by partition; told by the consumers while they live.",
    )
    LOG_LAG = (
        "ca_log_lag",
        Kind.READING,
        (),
        "Events on the log that the consumers have not committed, also while none of them lives.",
    )
    EVENT_STORED_SECONDS = (
        "ca_event_stored_seconds",
        Kind.HISTOGRAM,
        ("topic",),
        "Time from an event's receipt until it lies in the raw tables; of the oldest in each batch.",
    )
    DEAD_LETTERS_PARKED = (
        "ca_dead_letters_parked_total",
        Kind.COUNTER,
        ("code",),
        "Events that could not be taken and were parked; one that a crash has delivered again counts again.",
    )
    DEAD_LETTERS_WAITING = (
        "ca_dead_letters_waiting",
        Kind.READING,
        (),
        "Dead letters that nobody has replayed or discarded.",
    )
    DEAD_LETTERS_REPLAYED = (
        "ca_dead_letters_replayed_total",
        Kind.COUNTER,
        (),
        "Dead letters that were put on the log again from the admin; a command says so itself.",
    )
    DEAD_LETTERS_DISCARDED = (
        "ca_dead_letters_discarded_total",
        Kind.COUNTER,
        (),
        "Dead letters that somebody gave up in the admin.",
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
    MARKS_PENDING = (
        "ca_marks_pending",
        Kind.READING,
        (),
        "Marked buckets that were not recomputed yet; the youngest are recomputed once more and count, too.",
    )
    MARKS_OLDEST_SECONDS = (
        "ca_marks_oldest_seconds",
        Kind.READING,
        (),
        "Age of the oldest mark that was not recomputed yet; 0 if there is none.",
    )
    SETTLE_BACKLOG = (
        "ca_settle_backlog",
        Kind.READING,
        (),
        "Marks that are old enough to be settled and are not.",
    )
    TARGETS_SET_ASIDE = (
        "ca_targets_set_aside",
        Kind.READING,
        (),
        "Buckets that cannot be recomputed; they are tried again, later and later.",
    )
    PARTS_TAKEN_AWAY = (
        "ca_parts_taken_away",
        Kind.READING,
        (),
        "Parts of tables that a start of ClickHouse found spoilt and took out: their rows are missing.",
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


def page_of_readings(values: Mapping[Metric, float]) -> bytes:
    """Figures that were read just now, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Readings(values))
    return generate_latest(registry)


class _Readings(Collector):
    def __init__(self, values: Mapping[Metric, float]) -> None:
        self._values = values

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for metric, value in self._values.items():
            yield GaugeMetricFamily(metric.full_name, metric.meaning, value=value)


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
