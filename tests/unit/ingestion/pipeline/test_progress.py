"""What is claimed of a partition is true for ever, and idle partitions advance, too."""

import time
from typing import Any

import pytest

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import MAIN_GROUP, Batch, Entry, Partition
from ingestion.eventlog.memory import MemoryLog
from ingestion.eventlog.topics import METRIC_EVENTS
from ingestion.pipeline import progress
from ingestion.pipeline.progress import CLOCK_MARGIN_MS, LOOKS_UNTIL_GONE, Progress
from runtime.telemetry.metrics import OWN_REGISTRY
from tests.unit.ingestion.pipeline.steps import Noted
from warehouse.errors import WarehouseUnavailable

TOPICS = [METRIC_EVENTS]
HOUR_MS = 3_600_000


def partitions(count: int) -> set[Partition]:
    return {Partition(METRIC_EVENTS, number) for number in range(count)}


class Clockless(MemoryLog):
    """As Kafka's brokers tell nobody what time it is."""

    def clock_ms(self) -> Any:
        return None


class Lab:
    """Of a log with four partitions; `stored` are those that the warehouse knows."""

    def __init__(self, stored: set[Partition] | None = None, log: MemoryLog | None = None) -> None:
        self.noted = Noted()
        self.warehouse_ms = 0
        self.log = log or MemoryLog()
        self.consumer = self.log.consumer(MAIN_GROUP, TOPICS)
        self.stored = partitions(4) if stored is None else stored
        self.progress = Progress(
            *(self.log, self.consumer, self.noted.insert, TOPICS),
            *(lambda: set(self.stored), lambda: self.warehouse_ms),
        )

    def put(self, count: int) -> None:
        self.log.produce(METRIC_EVENTS, [Entry(b"one campaign", b"%d" % n) for n in range(count)])

    def take(self, limit: int = 100) -> Batch:
        batch = self.consumer.poll(limit, 0)
        self.consumer.commit(batch.receipts)
        self.progress.committed(batch.records)
        return batch

    def told(self) -> dict[int, int]:
        """What the last rows say: through when each partition is stored."""
        self.progress._not_before = 0.0
        self.progress.tell_if_due()
        columns: Any = self.noted.rows["log_progress"][-1]
        assert set(columns["log"]) == {METRIC_EVENTS}
        return dict(zip(columns["log_partition"], columns["through"], strict=True))


def shown_lag(number: int) -> float:
    """What all consumers of this process show together."""
    place = {"partition": f"{METRIC_EVENTS}/{number}"}
    return OWN_REGISTRY.get_sample_value("ca_consumer_lag", place) or 0.0


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def test_a_partition_without_events_advances_with_the_clock() -> None:
    lab = Lab()
    before = now_ms()
    told = lab.told()
    assert set(told) == {0, 1, 2, 3}
    assert all(before - CLOCK_MARGIN_MS <= through <= now_ms() for through in told.values())


@pytest.mark.parametrize("ahead", [-HOUR_MS, HOUR_MS])
def test_of_a_log_that_tells_no_time_the_clock_is_believed_that_claims_less(ahead: int) -> None:
    lab = Lab(log=Clockless())
    lab.warehouse_ms = now_ms() + ahead
    told = lab.told()
    assert max(told.values()) <= min(lab.warehouse_ms, now_ms()) - CLOCK_MARGIN_MS
    assert min(told.values()) >= min(lab.warehouse_ms, now_ms() - HOUR_MS // 2) - CLOCK_MARGIN_MS


def test_an_entry_with_a_time_from_far_ahead_claims_nothing_while_there_is_a_backlog(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lab = Lab()
    with monkeypatch.context() as ahead:
        ahead.setattr(lab.log, "clock_ms", lambda: now_ms() + HOUR_MS)
        lab.put(2)
    last = lab.take(limit=1).records[-1]
    assert last.partition.number not in lab.told()


def test_a_partition_with_a_backlog_is_stored_up_to_the_last_one_committed() -> None:
    lab = Lab()
    lab.put(10)
    last = lab.take(limit=4).records[-1]
    assert lab.told()[last.partition.number] == last.logged_ms


def test_what_was_claimed_is_never_taken_back() -> None:
    lab = Lab()
    first = lab.told()
    lab.put(1)
    last = lab.take().records[-1]
    lab.put(1)
    assert lab.told()[last.partition.number] >= max(first[last.partition.number], last.logged_ms)


def test_what_is_polled_and_not_committed_claims_nothing() -> None:
    lab = Lab()
    lab.put(2)
    batch = lab.consumer.poll(100, 0)
    assert batch.records[0].partition.number not in lab.told()


def test_nothing_is_claimed_of_what_another_one_owns() -> None:
    lab = Lab()
    lab.told()
    lab.log.consumer(MAIN_GROUP, TOPICS)
    assert len(lab.told()) == 2


def test_a_partition_that_only_an_earlier_log_had_holds_nothing_back() -> None:
    lab = Lab(stored=partitions(6) | {Partition("of another product", 9)})
    lab.log.consumer(MAIN_GROUP, TOPICS)
    for _ in range(LOOKS_UNTIL_GONE - 1):
        assert not lab.told().keys() & {4, 5}
    before = now_ms()
    told = lab.told()
    assert told.keys() >= {4, 5}
    assert told[5] >= before - CLOCK_MARGIN_MS
    assert lab.told()[5] >= told[5]


def test_a_partition_that_is_missing_for_a_moment_is_claimed_by_its_owner_alone() -> None:
    """As Kafka's brokers may tell it, whose knowledge of a topic can be old."""
    lab = Lab(stored=partitions(6))
    lab.log.consumer(MAIN_GROUP, TOPICS)
    for _ in range(2):
        for _ in range(LOOKS_UNTIL_GONE - 1):
            assert not lab.told().keys() & {4, 5}
        lab.stored = partitions(4)
        lab.told()
        lab.stored = partitions(6)


def test_a_new_partition_holds_everything_back_until_its_owner_tells_of_it() -> None:
    lab = Lab(stored=partitions(1))
    lab.log.consumer(MAIN_GROUP, TOPICS)
    told = lab.told()
    assert set(told) == {0, 1, 2, 3}
    others = {number for number, through in told.items() if not through}
    assert len(others) == 2
    assert not others & lab.told().keys()


def test_it_is_told_about_once_a_second() -> None:
    lab = Lab()
    for _ in range(5):
        lab.progress.tell_if_due()
    assert len(lab.noted.rows["log_progress"]) == 1


def test_a_server_that_is_away_is_told_the_next_time() -> None:
    lab = Lab()
    lab.noted.failures["insert log_progress"] = [WarehouseUnavailable("away")]
    lab.progress.tell_if_due()
    assert "log_progress" not in lab.noted.rows
    assert lab.told()


def test_a_log_that_is_away_is_asked_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = Lab()

    def away(*_: object) -> dict[Partition, int]:
        raise TransientFailure("away")

    monkeypatch.setattr(lab.log, "lag", away)
    lab.progress.tell_if_due()
    assert lab.noted.rows == {}


def test_the_lag_is_shown_and_taken_back_with_the_partition() -> None:
    lab = Lab()
    lab.put(7)
    number = lab.take(limit=2).records[0].partition.number
    before = shown_lag(number)
    lab.told()
    assert shown_lag(number) == before + 5
    lab.consumer.close()
    lab.progress._not_before = 0.0
    lab.progress.tell_if_due()
    assert shown_lag(number) == before


@pytest.mark.parametrize("failures", [[TransientFailure("away")], []])
def test_the_next_look_comes_soon_after_one_that_hung(
    failures: list[TransientFailure], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, now = Lab(), [1000.0]

    def hang(*_: object) -> dict[Partition, int]:
        now[0] += 75
        for failure in failures:
            raise failure
        return {}

    monkeypatch.setattr(lab.log, "lag", hang)
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    lab.progress.tell_if_due()
    assert lab.progress._not_before <= now[0] + progress.EVERY


def test_looks_that_take_long_take_a_tenth_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    lab, now = Lab(), [1000.0]
    look = lab.log.lag

    def slowly(*asked: Any) -> dict[Partition, int]:
        now[0] += 0.3
        return look(*asked)

    monkeypatch.setattr(lab.log, "lag", slowly)
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    lab.progress.tell_if_due()
    assert lab.progress._not_before == pytest.approx(1003.0)
