"""Batches by number, bytes and time: large ones cost the warehouse least, small ones are there soonest."""

import time
from collections.abc import Callable

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import Batch, Consumer
from runtime.options import Consumer as Bounds

MEGABYTE = 1_000_000
AT_ONCE = 2000  # records of one poll, so that the bound on bytes is looked at in time


def gather(consumer: Consumer, bounds: Bounds, is_asked_to_stop: Callable[[], bool]) -> Batch:
    """Whatever came until a bound was met; may be empty. Raises TransientFailure only with empty hands."""
    deadline = time.monotonic() + bounds.batch_seconds
    batch = Batch([], [])
    room, left = bounds.batch_events, bounds.batch_mb * MEGABYTE
    while room > 0 and left > 0 and not is_asked_to_stop():
        seconds = deadline - time.monotonic()
        if seconds <= 0:
            break
        try:
            part = consumer.poll(min(room, AT_ONCE), seconds)
        except TransientFailure:
            if not batch.records:
                raise
            break
        batch.records.extend(part.records)
        batch.receipts.extend(part.receipts)
        room -= len(part.records)
        left -= sum(len(record.value) for record in part.records)
    return batch
