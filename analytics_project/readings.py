"""Figures that lie in a store, read when somebody asks for the metrics.

One that is not there in time is left out of the page: an old figure would look like a new one.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial

import structlog
from django.db import connections

from analytics_project.inquiry import Inquiry
from ingestion.dead_letters.waiting import letters_waiting
from ingestion.eventlog.base import MAIN_GROUP
from ingestion.eventlog.opening import event_log
from ingestion.eventlog.topics import TOPICS
from insights.rollups import backlog
from runtime.telemetry.metrics import Metric, page_of_readings
from warehouse.client import reader
from warehouse.parts import parts_taken_away

logger = structlog.get_logger(__name__)

SECONDS_TO_ANSWER = 1.0
Figures = Mapping[Metric, float]
Reading = Callable[[], Figures]


class Readings:
    """Each is read once at a time, however many ask for it. One may tell the figures of several metrics."""

    def __init__(self, *readings: Reading, seconds: float = SECONDS_TO_ANSWER) -> None:
        questions = {read: partial(_read, read) for read in readings}
        self._inquiry: Inquiry[Reading, Figures] = Inquiry(questions, seconds, "readings")

    def page(self) -> bytes:
        """In Prometheus' text format, after `seconds` at most. Never raises."""
        found = self._inquiry.ask().values()
        return page_of_readings({metric: value for figures in found for metric, value in figures.items()})


def _read(read: Reading) -> Figures:
    try:
        return read()
    except Exception as error:
        logger.warning("reading_failed", reading=read.__name__, error=str(error).strip())
        return {}
    finally:
        connections.close_all()  # of this thread alone


def dead_letters() -> Figures:
    return {Metric.DEAD_LETTERS_WAITING: letters_waiting()}


def log_lag() -> Figures:
    return {Metric.LOG_LAG: sum(event_log().lag(MAIN_GROUP, TOPICS).values())}


def marks_pending() -> Figures:
    left = backlog.pending()
    return {Metric.MARKS_PENDING: left.marks, Metric.MARKS_OLDEST_SECONDS: left.oldest}


def settle_backlog() -> Figures:
    return {Metric.SETTLE_BACKLOG: backlog.settle_backlog()}


def set_aside() -> Figures:
    return {Metric.TARGETS_SET_ASIDE: backlog.targets_set_aside()}


def taken_away() -> Figures:
    return {Metric.PARTS_TAKEN_AWAY: parts_taken_away(reader())}


READINGS: tuple[Reading, ...] = (dead_letters, log_lag, marks_pending, settle_backlog, set_aside, taken_away)


@cache
def readings() -> Readings:
    """Made at the first question, because threads do not outlive a fork."""
    return Readings(*READINGS)
