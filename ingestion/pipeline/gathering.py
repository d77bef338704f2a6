"""Batches by number, bytes and time: large ones cost the warehouse least, small ones are there soonest."""

import time
from collections.abc import Callable

from msgspec import Struct

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import Consumer, Receipt, Record
from ingestion.pipeline.decoding import decode
from ingestion.pipeline.facts import Decoded
from runtime.options import ConsumerBounds

MEGABYTE = 1_000_000
GLANCE = 0.01  # seconds of one poll that waits for nothing
LONGEST_POLL = 0.2  # seconds in which it shows no life, hears no request to stop and nudges nobody


class Gathered(Struct):
    """A batch in the making, or made."""

    records: list[Record]
    receipts: list[Receipt]
    size: int = 0  # in bytes
    known: Decoded | None = None

    def decoded(self) -> Decoded:
        """What is in it, once it is made; worked out once."""
        self.known = self.known or decode(self.records)
        return self.known


class Gathering:
    """Batch after batch from the log; the next one grows while the one before is being inserted."""

    def __init__(
        self,
        consumer: Consumer,
        bounds: ConsumerBounds,
        is_asked_to_stop: Callable[[], bool],
        beat: Callable[[], None],
        when_idle: Callable[[], None] = lambda: None,
    ) -> None:
        """`beat` is called wherever it lives on, `when_idle` while it waits with empty hands."""
        self._consumer = consumer
        self._bounds = bounds
        self._most_bytes = bounds.batch_mb * MEGABYTE
        self._is_asked_to_stop = is_asked_to_stop
        self._beat = beat
        self._when_idle = when_idle
        self._batch = Gathered([], [])
        self._deadline: float | None = None

    def glance(self) -> None:
        """See that the log delivers; what comes begins the next batch. Raises TransientFailure."""
        self._poll(GLANCE)

    def batch(self) -> Gathered:
        """Whatever came until a bound was met, if anything. Raises TransientFailure only with empty hands."""
        if self._deadline is None:
            self._deadline = time.monotonic() + self._bounds.batch_seconds
        while not self._is_made() and (seconds := self._deadline - time.monotonic()) > 0:
            if not self._batch.records:
                self._when_idle()
            try:
                self._poll(min(seconds, LONGEST_POLL))
            except TransientFailure:
                if not self._batch.records:
                    self._deadline = None
                    raise
                break
        made, self._batch, self._deadline = self._batch, Gathered([], []), None
        return made

    def go_on_until(self, is_over: Callable[[], bool]) -> None:
        """Make use of a wait: gather and read the next batch. What fails here fails again in `batch`."""
        self._deadline = time.monotonic() + self._bounds.batch_seconds
        while not (is_over() or self._is_made()):
            try:
                self._poll(GLANCE)
            except TransientFailure:
                return
        if not is_over():
            self._batch.decoded()

    def _is_made(self) -> bool:
        return (
            len(self._batch.records) >= self._bounds.batch_events
            or self._batch.size >= self._most_bytes
            or self._is_asked_to_stop()
        )

    def _poll(self, seconds: float) -> None:
        self._beat()
        batch = self._batch
        room = self._bounds.batch_events - len(batch.records)
        part = self._consumer.poll(room, seconds, self._most_bytes - batch.size)
        batch.records.extend(part.records)
        batch.receipts.extend(part.receipts)
        batch.size += sum(len(record.value) for record in part.records)
