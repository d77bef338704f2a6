"""Batches end by number, by bytes and by time."""

import pytest

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import MAIN_GROUP, Batch, Entry
from ingestion.eventlog.memory import MemoryConsumer, MemoryLog
from ingestion.eventlog.topics import METRIC_EVENTS
from ingestion.pipeline.gathering import AT_ONCE, gather
from runtime.options import Consumer as Bounds


def consumer_of(count: int, size: int = 1) -> MemoryConsumer:
    log = MemoryLog()
    log.produce(METRIC_EVENTS, [Entry(b"%d" % n, b"x" * size) for n in range(count)])
    return log.consumer(MAIN_GROUP, [METRIC_EVENTS])


def never() -> bool:
    return False


def size_of(batch: Batch) -> int:
    return len(batch.records)


def test_a_batch_ends_at_its_number_and_the_next_one_goes_on() -> None:
    consumer = consumer_of(2 * AT_ONCE + 10)
    bounds = Bounds(batch_events=2 * AT_ONCE, batch_seconds=0.05)
    assert size_of(gather(consumer, bounds, never)) == 2 * AT_ONCE
    assert size_of(gather(consumer, bounds, never)) == 10


def test_a_batch_ends_at_its_bytes() -> None:
    consumer = consumer_of(3 * AT_ONCE, size=600)
    assert size_of(gather(consumer, Bounds(batch_mb=1, batch_seconds=60), never)) == AT_ONCE


def test_a_batch_that_nothing_fills_ends_in_time() -> None:
    consumer = consumer_of(3)
    assert size_of(gather(consumer, Bounds(batch_seconds=0.01), never)) == 3
    assert size_of(gather(consumer, Bounds(batch_seconds=0.01), never)) == 0


def test_who_is_asked_to_stop_gathers_no_more() -> None:
    assert size_of(gather(consumer_of(3), Bounds(), lambda: True)) == 0


def test_its_receipts_cover_all_of_it() -> None:
    consumer = consumer_of(2 * AT_ONCE)
    batch = gather(consumer, Bounds(batch_events=2 * AT_ONCE), never)
    assert consumer.commit(batch.receipts) == set()
    assert sum(consumer._log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 0


def test_what_was_delivered_before_the_log_failed_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    consumer = consumer_of(AT_ONCE + 1)
    poll, answers = consumer.poll, iter([True, False, False])

    def failing(limit: int, timeout: float) -> Batch:
        if next(answers):
            return poll(limit, timeout)
        raise TransientFailure("away")

    monkeypatch.setattr(consumer, "poll", failing)
    assert size_of(gather(consumer, Bounds(), never)) == AT_ONCE
    with pytest.raises(TransientFailure):
        gather(consumer, Bounds(), never)
