"""Figures that lie in a store, read when somebody asks for the metrics.

One that is not there in time is left out of the page: an old figure would look like a new one.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from threading import Lock

import structlog
from django.db import connections

from ingestion.dead_letters.waiting import letters_waiting
from runtime.telemetry.metrics import Metric, page_of_readings

logger = structlog.get_logger(__name__)

SECONDS_TO_ANSWER = 1.0


class Readings:
    """Each is read once at a time, however many ask for it."""

    def __init__(
        self, readings: Mapping[Metric, Callable[[], float]], seconds: float = SECONDS_TO_ANSWER
    ) -> None:
        self._readings = readings
        self._seconds = seconds
        self._pool = ThreadPoolExecutor(max_workers=len(readings), thread_name_prefix="readings")
        self._running: dict[Metric, Future[float | None]] = {}
        self._lock = Lock()

    def page(self) -> bytes:
        """In Prometheus' text format, after `seconds` at most. Never raises."""
        with self._lock:
            for metric, read in self._readings.items():
                if metric not in self._running or self._running[metric].done():
                    self._running[metric] = self._pool.submit(_read, metric, read)
            running = dict(self._running)
        wait(running.values(), timeout=self._seconds)
        found = {metric: run.result() for metric, run in running.items() if run.done()}
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
    return Readings({Metric.DEAD_LETTERS_WAITING: letters_waiting})
