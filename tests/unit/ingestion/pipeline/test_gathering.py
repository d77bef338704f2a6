"""Batches end by number, by bytes and by time."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import MAIN_GROUP, PIECE, Batch, Consumer, Entry
from ingestion.eventlog.memory import MemoryConsumer, MemoryLog
from ingestion.eventlog.topics import METRIC_EVENTS, entry_of
from ingestion.pipeline.gathering import Gathered, Gathering
from runtime.options import ConsumerBounds
from tests.logged_events import metric


def consumer_of(count: int, size: int = 1) -> MemoryConsumer:
    log = MemoryLog()
    log.produce(METRIC_EVENTS, [Entry(b"%d" % n, b"x" * size) for n in range(count)])
    return log.consumer(MAIN_GROUP, [METRIC_EVENTS])


def never() -> bool:
    return False


def unheard() -> None:
    """A sign of life that nobody looks for."""


def gather(consumer: Consumer, bounds: ConsumerBounds, is_asked_to_stop: Callable[[], bool]) -> Gathered:
    return Gathering(consumer, bounds, is_asked_to_stop, unheard).batch()


def size_of(batch: Gathered) -> int:
    return len(batch.records)


def test_a_batch_ends_at_its_number_and_the_next_one_goes_on() -> None:
    consumer = consumer_of(2 * PIECE + 10)
    bounds = ConsumerBounds(batch_events=2 * PIECE, batch_seconds=0.05)
    assert size_of(gather(consumer, bounds, never)) == 2 * PIECE
    assert size_of(gather(consumer, bounds, never)) == 10


def test_a_batch_ends_at_its_bytes() -> None:
    consumer = consumer_of(200, size=10_000)
    batch = gather(consumer, ConsumerBounds(batch_mb=1, batch_seconds=60), never)
    assert 100 <= size_of(batch) < 100 + PIECE


def test_a_batch_that_nothing_fills_ends_in_time() -> None:
    consumer = consumer_of(3)
    assert size_of(gather(consumer, ConsumerBounds(batch_seconds=0.01), never)) == 3
    assert size_of(gather(consumer, ConsumerBounds(batch_seconds=0.01), never)) == 0


def test_a_long_wait_for_a_batch_shows_life_and_hears_a_request_to_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ingestion.pipeline.gathering.LONGEST_POLL", 0.01)
    beats: list[None] = []
    stopped = Gathering(
        consumer_of(3),
        ConsumerBounds(batch_seconds=3600),
        lambda: len(beats) >= 3,
        lambda: beats.append(None),
    )
    assert size_of(stopped.batch()) == 3


def test_it_is_idle_while_nothing_comes_and_never_with_something_in_hand() -> None:
    idle: list[None] = []
    gathering = Gathering(
        consumer_of(1), ConsumerBounds(batch_seconds=0.05), never, unheard, lambda: idle.append(None)
    )
    gathering.glance()
    assert size_of(gathering.batch()) == 1
    assert not idle
    assert size_of(gathering.batch()) == 0
    assert idle


def test_who_is_asked_to_stop_gathers_no_more() -> None:
    assert size_of(gather(consumer_of(3), ConsumerBounds(), lambda: True)) == 0


def test_what_a_first_glance_delivers_begins_the_batch() -> None:
    gathering = Gathering(consumer_of(3), ConsumerBounds(batch_events=3, batch_seconds=60), never, unheard)
    gathering.glance()
    assert size_of(gathering.batch()) == 3


def test_its_receipts_cover_all_of_it() -> None:
    consumer = consumer_of(2 * PIECE)
    batch = gather(consumer, ConsumerBounds(batch_events=2 * PIECE), never)
    assert consumer.commit(batch.receipts) == set()
    assert sum(consumer._log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 0


def test_what_was_delivered_before_the_log_failed_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    consumer = consumer_of(PIECE + 1)
    poll, answers = consumer.poll, iter([True, False, False])

    def failing(limit: int, timeout: float, size: int) -> Batch:
        if next(answers):
            return poll(PIECE, timeout, size)
        raise TransientFailure("away")

    monkeypatch.setattr(consumer, "poll", failing)
    gathering = Gathering(consumer, ConsumerBounds(), never, unheard)
    assert size_of(gathering.batch()) == PIECE
    with pytest.raises(TransientFailure):
        gathering.batch()


# --- while another batch is inserted --------------------------------------------------------------


class Insert:
    """Over when it was looked at so many times."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def is_over(self) -> bool:
        self.looks -= 1
        return self.looks < 0


def test_a_wait_is_used_up_to_a_bound_and_what_came_is_read_already() -> None:
    log = MemoryLog()
    log.produce(METRIC_EVENTS, [entry_of(metric(uuid4(), number)) for number in range(10)])
    gathering = Gathering(
        log.consumer(MAIN_GROUP, [METRIC_EVENTS]), ConsumerBounds(batch_events=6), never, unheard
    )
    gathering.go_on_until(never)
    batch = gathering.batch()
    assert size_of(batch) == 6
    assert batch.known is not None
    assert len(batch.decoded().metric_events.events) == 6


def test_after_a_short_wait_the_batch_is_filled_as_ever() -> None:
    consumer = consumer_of(PIECE + 10)
    gathering = Gathering(consumer, ConsumerBounds(batch_seconds=0.05), never, unheard)
    gathering.go_on_until(Insert(looks=1).is_over)
    assert size_of(gathering.batch()) == PIECE + 10
    assert size_of(gathering.batch()) == 0


def test_a_wait_for_an_insert_is_no_idleness() -> None:
    idle: list[None] = []
    gathering = Gathering(
        consumer_of(0), ConsumerBounds(batch_seconds=0.05), never, unheard, lambda: idle.append(None)
    )
    gathering.go_on_until(Insert(looks=3).is_over)
    assert not idle


def test_a_log_that_fails_during_a_wait_fails_once_more_when_it_is_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    consumer = consumer_of(3)

    def failing(limit: int, timeout: float, size: int) -> Batch:
        raise TransientFailure("away")

    with monkeypatch.context() as patched:
        patched.setattr(consumer, "poll", failing)
        gathering = Gathering(consumer, ConsumerBounds(batch_seconds=0.05), never, unheard)
        gathering.go_on_until(never)
        with pytest.raises(TransientFailure):
            gathering.batch()
    assert size_of(gathering.batch()) == 3
