"""What a test writes to a log and reads from it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import MAIN_GROUP, Batch, Consumer, Entry, EventLog, Record
from ingestion.eventlog.topics import METRIC_EVENTS

WITHIN = 120.0  # seconds; only against hanging, for what must happen at last


def entries(count: int, *, keys: int = 8, first: int = 0) -> list[Entry]:
    """Numbered entries, spread over so many keys."""
    return [Entry(b"campaign-%d" % (n % keys), b"%d" % n) for n in range(first, first + count)]


def write(log: EventLog, count: int, *, keys: int = 8, first: int = 0) -> list[bytes]:
    """Entries that are all acknowledged; returns their values."""
    written = entries(count, keys=keys, first=first)
    assert log.produce(METRIC_EVENTS, written, timeout=20) == {}
    return [entry.value for entry in written]


@contextmanager
def consuming(log: EventLog, group: str = MAIN_GROUP, start: datetime | None = None) -> Iterator[Consumer]:
    consumer = log.consumer(group, [METRIC_EVENTS], start)
    try:
        yield consumer
    finally:
        consumer.close()


def read(consumer: Consumer, count: int) -> Batch:
    """So many records, gathered from as many polls as it takes."""
    gathered = Batch([], [])
    at_last(lambda: read_into(gathered, consumer, count - len(gathered.records)) >= count)
    return gathered


def read_into(gathered: Batch, consumer: Consumer, limit: int) -> int:
    """One poll more; returns how many records there are by now."""
    batch = consumer.poll(limit, 0.2)
    gathered.records.extend(batch.records)
    gathered.receipts.extend(batch.receipts)
    return len(gathered.records)


def done(log: EventLog, group: str, count: int) -> None:
    """The group reads so many entries and commits them."""
    with consuming(log, group) as consumer:
        consumer.commit(read(consumer, count).receipts)


def share(first: Consumer, second: Consumer) -> None:
    """Wait until each has two of the four partitions."""

    def settled() -> bool:
        first.poll(1, 0.1)
        second.poll(1, 0.1)
        return len(first.partitions()) == len(second.partitions()) == 2

    at_last(settled)


def own_everything(consumer: Consumer) -> None:
    """Wait until it has all four partitions, and read none of their entries."""
    at_last(lambda: consumer.poll(0, 0.1) is not None and len(consumer.partitions()) == 4)


def read_nothing(consumer: Consumer) -> None:
    """Nothing is delivered, however often it is asked for."""
    delivered = [record for _ in range(6) for record in consumer.poll(1000, 0.25).records]
    assert values(delivered) == []


def values(records: Sequence[Record]) -> list[bytes]:
    return [record.value for record in records]


def at_last(condition: Callable[[], bool]) -> None:
    """Fail unless it becomes true; failures that pass are waited out, as a consumer would."""
    deadline = time.monotonic() + WITHIN
    while not _is_true(condition):
        assert time.monotonic() < deadline, "It did not happen."


def _is_true(condition: Callable[[], bool]) -> bool:
    try:
        return condition()
    except TransientFailure:
        time.sleep(0.2)
        return False
