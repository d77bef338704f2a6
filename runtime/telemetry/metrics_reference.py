"""The page of all metrics, made from their declarations."""

from runtime.telemetry.metrics import Metric

_INTRODUCTION = """\
# Metrics

Generated from `runtime/telemetry/metrics.py` by `make reference`.

`GET /metrics` answers in Prometheus' text format for all processes that share a data folder: web, worker and
consumers, also for those that were killed. A counter starts again when all processes of its kind do. A gauge
is the sum over the processes that are alive. Whoever reaches the port may read the page, as with `/health`;
with `CA_WEB_METRICS_TOKEN` set it demands `Authorization: Bearer <token>`.

Labels are bounded: `route` is a pattern like `api/v1/campaigns/<id>/`, or `unresolved`; `method` is one of
HTTP's, or `OTHER`; `status` is a class like `4xx`.

A gauge that is read when asked lies in a store; it is missing while that store does not answer.

| metric | kind | labels | meaning |
|---|---|---|---|
"""


def metrics_reference() -> str:
    """docs/reference/metrics.md."""
    return _INTRODUCTION + "".join(_row(metric) for metric in Metric)


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels) or "none"
    return f"| `{metric.full_name}` | {metric.kind.value} | {labels} | {metric.meaning} |\n"
