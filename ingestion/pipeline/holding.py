"""Failures that pass by themselves: hold what there is, wait, try again; lose nothing."""

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from ingestion.errors import TransientFailure
from ingestion.pipeline.stop_request import AskedToStop, StopRequest
from runtime.telemetry.metrics import Metric, count
from warehouse.errors import WarehouseUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
SLICE = 0.5  # within which a wait notices that it shall end


class Holding:
    """Tries what may fail for a while until it is done; whatever else it raises ends the process."""

    def __init__(self, hold: Callable[[float], None], stop: StopRequest, beat: Callable[[], None]) -> None:
        """`hold` waits so many seconds and keeps the partitions; `beat` is called wherever life goes on."""
        self._hold = hold
        self._stop = stop
        self.beat = beat

    def until_done(self, doing: str, action: Callable[[], T]) -> T:
        """Returns what `action` returns, at last; it may run many times. Raises AskedToStop."""
        pause = FIRST_PAUSE
        while True:
            self.beat()
            try:
                return action()
            except (TransientFailure, WarehouseUnavailable) as failure:
                log.warning("Holding back while %s: %s", doing, failure)
                count(Metric.CONSUMER_HOLDS, doing=doing)
                least = failure.retry_after if isinstance(failure, TransientFailure) else 0.0
            # Several consumers must not come back all at the same moment.
            self._wait(max(pause * random.uniform(0.5, 1.0), min(least, LONGEST_PAUSE)))  # noqa: S311
            pause = min(pause * 2, LONGEST_PAUSE)

    def _wait(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if self._stop.is_made():
                raise AskedToStop
            self.beat()
            self._hold_on(min(left, SLICE))

    def _hold_on(self, seconds: float) -> None:
        """The log may be away as well: then there is nobody to keep the partitions from."""
        began = time.monotonic()
        try:
            self._hold(seconds)
        except TransientFailure:
            time.sleep(max(0.0, seconds - (time.monotonic() - began)))
