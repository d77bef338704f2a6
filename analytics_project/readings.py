"""Figures that lie in a store, read when somebody asks for the metrics.

One that is not there in time is left out of the page: an old figure would look like a new one.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial

import structlog
from django.db import connections

from analytics_project.inquiry import Inquiry
from ingestion.dead_letters.waiting import letters_waiting
from insights.rollups import backlog
from runtime.telemetry.metrics import Metric, page_of_readings

logger = structlog.get_logger(__name__)

SECONDS_TO_ANSWER = 1.0


class Readings:
    """Each is read once at a time, however many ask for it."""

    def __init__(
        self, readings: Mapping[Metric, Callable[[], float]], seconds: float = SECONDS_TO_ANSWER
    ) -> None:
        questions = {metric: partial(_read, metric, read) for metric, read in readings.items()}
        self._inquiry: Inquiry[Metric, float | None] = Inquiry(questions, seconds, "readings")

    def page(self) -> bytes:
        """In Prometheus' text format, after `seconds` at most. Never raises."""
        found = self._inquiry.ask()
        return page_of_readings({metric: value for metric, value in found.items() if value is not None})


def _read(metric: Metric, read: Callable[[], float]) -> float | None:
    try:
        return read()
    except Exception as error:
        logger.warning("reading_failed", metric=metric.full_name, error=str(error).strip())
        return None
    finally:
        connections.close_all()  # of this thread alone


@cache
def readings() -> Readings:
    """Made at the first question, because threads do not outlive a fork."""
    return Readings(
        {
            Metric.DEAD_LETTERS_WAITING: letters_waiting,
            Metric.MARKS_PENDING: backlog.marks_pending,
            Metric.MARKS_OLDEST_SECONDS: backlog.oldest_mark_seconds,
            Metric.SETTLE_BACKLOG: backlog.settle_backlog,
            Metric.TARGETS_SET_ASIDE: backlog.targets_set_aside,
        }
    )
