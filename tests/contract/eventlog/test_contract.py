"""What every event log promises: memory, Redis Streams and Kafka alike."""

import time
from collections import defaultdict
from datetime import UTC, datetime

import pytest

from ingestion.errors import InvalidEvent
from ingestion.eventlog.base import (
    LARGEST_ENTRY,
    MAIN_GROUP,
    PIECE,
    Batch,
    Consumer,
    Entry,
    EventLog,
    Partition,
    Record,
)
from ingestion.eventlog.topics import METRIC_EVENTS, SNAPSHOTS, dead_letters_of
from tests.contract.eventlog.engines import IMPATIENT, Lab
from tests.contract.eventlog.reading import (
    at_last,
    consuming,
    entries,
    read,
    read_into,
    read_nothing,
    share,
    values,
    write,
)


@pytest.mark.parametrize("count", [1, 10_000])
def test_every_entry_that_was_acknowledged_is_delivered_once(log: EventLog, count: int) -> None:
    written = write(log, count)
    with consuming(log) as consumer:
        assert sorted(values(read(consumer, count).records)) == sorted(written)
        read_nothing(consumer)


def test_nothing_to_produce_is_nothing_to_wait_for(log: EventLog) -> None:
    assert log.produce(METRIC_EVENTS, []) == {}


def test_entries_of_one_key_come_in_the_order_in_which_they_were_written(log: EventLog) -> None:
    for first in range(0, 600, 200):
        write(log, 200, first=first)
    with consuming(log) as consumer:
        by_key: dict[bytes, list[int]] = defaultdict(list)
        for record in read(consumer, 600).records:
            by_key[record.key].append(int(record.value))
    assert len(by_key) == 8
    assert all(numbers == sorted(numbers) for numbers in by_key.values())


def test_entries_of_one_key_stand_in_one_partition_and_keys_spread(log: EventLog) -> None:
    write(log, 400, keys=40)
    with consuming(log) as consumer:
        places = {(record.key, record.partition) for record in read(consumer, 400).records}
    assert len(places) == 40
    assert len({partition for _, partition in places}) == 4


def test_positions_are_unique_in_their_partition(log: EventLog) -> None:
    write(log, 300)
    with consuming(log) as consumer:
        records = read(consumer, 300).records
    assert len({(record.partition, record.position) for record in records}) == 300


def test_a_record_tells_when_it_was_logged(log: EventLog) -> None:
    before = time.time_ns() // 1_000_000
    write(log, 1)
    with consuming(log) as consumer:
        (record,) = read(consumer, 1).records
    assert before <= record.logged_ms <= time.time_ns() // 1_000_000


def test_an_entry_that_fails_is_told_and_the_others_are_acknowledged(log: EventLog) -> None:
    small, large = entries(3), Entry(b"campaign-1", b"x" * LARGEST_ENTRY)

    failures = log.produce(METRIC_EVENTS, [small[0], large, *small[1:]], timeout=20)

    assert list(failures) == [1]
    refusal = failures[1]
    assert isinstance(refusal, InvalidEvent)
    assert refusal.code == "too_large"
    with consuming(log) as consumer:
        assert sorted(values(read(consumer, 3).records)) == [b"0", b"1", b"2"]


def test_the_largest_entry_is_taken(log: EventLog) -> None:
    largest = Entry(b"key", bytes(LARGEST_ENTRY - 3))
    assert log.produce(METRIC_EVENTS, [largest], timeout=20) == {}
    with consuming(log) as consumer:
        assert values(read(consumer, 1).records) == [largest.value]


def test_a_poll_delivers_no_more_than_its_limit(log: EventLog) -> None:
    write(log, 50)
    with consuming(log) as consumer:
        read_so_far: list[Record] = []
        while len(read_so_far) < 50:
            records = consumer.poll(3, 1.0).records
            assert len(records) <= 3
            read_so_far += records
    assert len(read_so_far) == 50


def write_large(log: EventLog) -> list[bytes]:
    """A hundred entries of a tenth of a megabyte."""
    large = [Entry(b"campaign-%d" % (n % 8), b"%d" % n + bytes(100_000)) for n in range(100)]
    assert log.produce(METRIC_EVENTS, large, timeout=20) == {}
    return [entry.value for entry in large]


def read_in_small_polls(consumer: Consumer, count: int) -> list[Record]:
    delivered: list[Record] = []

    def is_done() -> bool:
        records = consumer.poll(1000, 0.5, 1_000_000).records
        assert sum(len(record.value) for record in records) < 1_000_000 + PIECE * 101_000
        delivered.extend(records)
        return len(delivered) >= count

    at_last(is_done)
    return delivered


def test_a_poll_takes_no_more_once_it_has_so_many_bytes(log: EventLog) -> None:
    written = write_large(log)
    with consuming(log) as consumer:
        assert sorted(values(read_in_small_polls(consumer, 100))) == sorted(written)
        read_nothing(consumer)


def test_what_was_left_undone_comes_again_in_order_also_in_small_polls(log: EventLog) -> None:
    written = write_large(log)
    with consuming(log) as consumer:
        read_in_small_polls(consumer, 100)
    with consuming(log) as consumer:
        again = read_in_small_polls(consumer, 100)
        assert sorted(values(again)) == sorted(written)
        read_nothing(consumer)
    by_partition: dict[Partition, list[int]] = defaultdict(list)
    for record in again:
        by_partition[record.partition].append(record.position)
    assert all(positions == sorted(positions) for positions in by_partition.values())


def test_topics_are_apart(log: EventLog) -> None:
    log.produce(SNAPSHOTS, [Entry(b"a", b"snapshot")])
    log.produce(dead_letters_of(SNAPSHOTS), [Entry(b"a", b"dead")])
    write(log, 1)
    with consuming(log) as consumer:
        assert values(read(consumer, 1).records) == [b"0"]
        read_nothing(consumer)


def test_what_was_not_committed_is_delivered_again(log: EventLog) -> None:
    write(log, 20)
    with consuming(log) as consumer:
        read(consumer, 20)
    with consuming(log) as consumer:
        assert len(read(consumer, 20).records) == 20


def test_what_was_committed_is_not_delivered_again(log: EventLog) -> None:
    write(log, 20)
    with consuming(log) as consumer:
        assert consumer.commit(read(consumer, 20).receipts) == set()
    with consuming(log) as consumer:
        read_nothing(consumer)


def test_a_commit_covers_what_was_delivered_before_it_and_nothing_after(log: EventLog) -> None:
    write(log, 10, keys=1)
    with consuming(log) as consumer:
        done = read(consumer, 4)
        read(consumer, 6)
        consumer.commit(done.receipts)
    with consuming(log) as consumer:
        assert values(read(consumer, 6).records) == [b"4", b"5", b"6", b"7", b"8", b"9"]


def test_a_commit_only_moves_forward(log: EventLog) -> None:
    write(log, 10, keys=1)
    with consuming(log) as consumer:
        earlier, later = read(consumer, 4), read(consumer, 6)
        consumer.commit(later.receipts)
        consumer.commit(earlier.receipts)
    assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 0
    with consuming(log) as consumer:
        read_nothing(consumer)


def test_committing_twice_is_committing_once(log: EventLog) -> None:
    write(log, 10)
    with consuming(log) as consumer:
        receipts = read(consumer, 10).receipts
        assert consumer.commit(receipts) == consumer.commit(receipts) == set()
    assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 0


def test_lag_counts_what_is_not_committed(log: EventLog) -> None:
    write(log, 30)
    assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 30
    with consuming(log) as consumer:
        first = read(consumer, 12)
        assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 30
        consumer.commit(first.receipts)
        assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 18
        consumer.commit(read(consumer, 18).receipts)
    assert log.lag(MAIN_GROUP, [METRIC_EVENTS]) == {
        Partition(METRIC_EVENTS, number): 0 for number in range(4)
    }


def test_a_new_group_begins_with_the_oldest_entry(log: EventLog) -> None:
    written = write(log, 20)
    with consuming(log) as consumer:
        consumer.commit(read(consumer, 20).receipts)
    with consuming(log, "replay") as replay:
        assert sorted(values(read(replay, 20).records)) == sorted(written)


def test_a_replay_by_time_begins_there(log: EventLog) -> None:
    write(log, 10)
    time.sleep(0.05)
    start = datetime.now(UTC)
    time.sleep(0.05)
    written = write(log, 10, first=10)
    with consuming(log, "replay", start) as replay:
        assert sorted(values(read(replay, 10).records)) == sorted(written)
        read_nothing(replay)
    assert sum(log.lag("replay", [METRIC_EVENTS]).values()) == 10


def test_a_replay_goes_on_where_it_had_committed(log: EventLog) -> None:
    write(log, 10, keys=1)
    with consuming(log, "replay") as replay:
        replay.commit(read(replay, 4).receipts)
    with consuming(log, "replay", start=datetime(2020, 1, 1, tzinfo=UTC)) as replay:
        assert values(read(replay, 6).records) == [b"4", b"5", b"6", b"7", b"8", b"9"]


def test_a_replay_leaves_the_main_group_alone(log: EventLog) -> None:
    write(log, 10)
    with consuming(log) as consumer:
        consumer.commit(read(consumer, 10).receipts)
        write(log, 5, first=10)
        with consuming(log, "replay") as replay:
            replay.commit(read(replay, 15).receipts)
        assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 5
        assert len(read(consumer, 5).records) == 5


def test_a_group_that_is_forgotten_begins_anew(log: EventLog) -> None:
    write(log, 10)
    with consuming(log, "replay") as replay:
        replay.commit(read(replay, 10).receipts)
    at_last(lambda: log.forget_group("replay") is None)
    log.forget_group("replay")
    with consuming(log, "replay") as replay:
        assert len(read(replay, 10).records) == 10


def test_what_is_none_of_ours_is_delivered_and_can_be_committed(log: EventLog, lab: Lab, name: str) -> None:
    write(log, 4, keys=40)
    lab.add_foreign(name, METRIC_EVENTS)
    write(log, 4, keys=40, first=4)
    with consuming(log) as consumer:
        batch = read(consumer, 9)
        consumer.commit(batch.receipts)
    assert set(values(batch.records)) > {b"%d" % n for n in range(8)}
    assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 0


def test_two_consumers_share_the_partitions(log: EventLog) -> None:
    with consuming(log) as first, consuming(log) as second:
        share(first, second)
        assert first.partitions().isdisjoint(second.partitions())


def test_a_rebalance_loses_nothing_and_commits_nothing_twice(log: EventLog) -> None:
    write(log, 400, keys=40)
    with consuming(log) as first:
        held = read(first, 400)
        with consuming(log) as second:
            again = Batch([], [])

            def joined() -> bool:
                first.hold(0.1)
                read_into(again, second, 1)
                return len(second.partitions()) == 2

            at_last(joined)
            lost = first.commit(held.receipts)
            done = [record.value for record in held.records if record.partition not in lost]
            at_last(lambda: read_into(again, second, 400) >= 400 - len(done))
            assert second.commit(again.receipts) == set()
        assert sorted(done + values(again.records)) == sorted(b"%d" % n for n in range(400))
    assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 0


def test_a_consumer_that_leaves_gives_its_partitions_to_the_others_at_once(log: EventLog) -> None:
    with consuming(log) as stays:
        with consuming(log) as leaves:
            share(stays, leaves)
        write(log, 40, keys=40)
        assert len(read(stays, 40).records) == 40


def test_partitions_lost_while_holding_are_read_again_when_they_come_back(log: EventLog) -> None:
    with consuming(log) as first:
        at_last(lambda: first.poll(1, 0.1).records == [] and len(first.partitions()) == 4)
        with consuming(log) as second:

            def shared() -> bool:
                first.hold(0.1)
                second.poll(1, 0.1)
                return len(first.partitions()) == len(second.partitions()) == 2

            at_last(shared)
            first.poll(1, 0.1)
        write(log, 40, keys=40)
        assert len(read(first, 40).records) == 40


def test_what_was_not_committed_is_read_again_when_its_partition_comes_back_while_holding(
    log: EventLog,
) -> None:
    write(log, 80, keys=40)
    with consuming(log) as first:
        held = read(first, 80)
        owned = first.partitions()
        with consuming(log) as second:

            def shared() -> bool:
                first.hold(0.1)
                second.hold(0.1)
                return len(first.partitions()) == len(second.partitions()) == 2

            at_last(shared)
            lost = owned - first.partitions()
        at_last(lambda: first.hold(0.1) is None and first.partitions() == owned)
        expected = values([record for record in held.records if record.partition in lost])
        assert sorted(values(read(first, len(expected)).records)) == sorted(expected)


def test_a_batch_that_is_held_back_keeps_its_partitions(log: EventLog) -> None:
    """A consumer that merely waits for the warehouse must not be robbed."""
    with consuming(log) as first, consuming(log) as second:
        share(first, second)
        write(log, 80, keys=40)
        mine = first.partitions()
        held, theirs = Batch([], []), Batch([], [])
        at_last(lambda: read_into(held, first, 100) + read_into(theirs, second, 100) == 80)

        for _ in range(8):
            first.hold(IMPATIENT.lease / 2)
            read_into(theirs, second, 100)

        assert first.partitions() == mine
        assert mine.isdisjoint(record.partition for record in theirs.records)
        assert first.commit(held.receipts) == set()


def test_a_long_insert_keeps_its_partitions(log: EventLog) -> None:
    """Longer than the lease, shorter than an absence: the process lives, and is busy."""
    write(log, 40, keys=40)
    with consuming(log) as first:
        held = read(first, 40)
        time.sleep(IMPATIENT.lease * 1.6)
        assert first.commit(held.receipts) == set()


def test_a_consumer_that_stayed_away_too_long_commits_nothing_when_it_wakes(log: EventLog) -> None:
    write(log, 40, keys=40)
    with consuming(log) as sleeper:
        stale = read(sleeper, 40)
        with consuming(log) as other:
            taken = read(other, 40)
            assert other.commit(taken.receipts) == set()
            write(log, 8, first=40)

            assert sleeper.commit(stale.receipts) == {record.partition for record in stale.records}

            assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 8
    assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 8
