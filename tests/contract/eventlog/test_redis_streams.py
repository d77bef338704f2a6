"""What Redis Streams need beyond the contract: trimming, and what becomes of deleted entries."""

import logging
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import MAIN_GROUP, PIECE, Batch, Consumer, Entry
from ingestion.eventlog.redis_streams import consuming as consuming_module
from ingestion.eventlog.redis_streams.durability import durability_gaps
from ingestion.eventlog.redis_streams.log import RedisLog
from ingestion.eventlog.redis_streams.server import Server
from ingestion.eventlog.topics import METRIC_EVENTS, SNAPSHOTS
from tests.contract.eventlog.engines import RedisLab, outage
from tests.contract.eventlog.reading import (
    at_last,
    consuming,
    done,
    entries,
    own_everything,
    read,
    read_into,
    values,
    write,
)


@pytest.fixture
def log(redis_lab: RedisLab, name: str) -> Iterator[RedisLog]:
    opened = redis_lab.open(name, retention_hours=0)
    yield opened
    opened.close()


def kept(lab: RedisLab, name: str) -> int:
    return sum(lab.client().xlen(f"{name}:{METRIC_EVENTS}:{number}") for number in range(4))


def test_what_a_group_still_needs_is_never_trimmed(log: RedisLog, redis_lab: RedisLab, name: str) -> None:
    write(log, 4000, keys=40)
    done(log, MAIN_GROUP, 3000)
    done(log, "replay", 1000)

    log.upkeep.trim()

    assert 3000 <= kept(redis_lab, name) < 4000
    with consuming(log, "replay") as replay:
        assert len(read(replay, 3000).records) == 3000


def test_what_is_pending_is_never_trimmed(log: RedisLog) -> None:
    written = write(log, 2000, keys=40)
    with consuming(log) as consumer:
        read(consumer, 2000)
        log.upkeep.trim()
    with consuming(log) as consumer:
        assert sorted(values(read(consumer, 2000).records)) == sorted(written)


def test_nothing_is_trimmed_before_the_main_group_has_come(
    log: RedisLog, redis_lab: RedisLab, name: str
) -> None:
    write(log, 1000)
    done(log, "replay", 1000)
    assert log.upkeep.trim() == 0
    assert kept(redis_lab, name) == 1000


def test_a_group_that_is_forgotten_holds_nothing_back(log: RedisLog, redis_lab: RedisLab, name: str) -> None:
    write(log, 2000, keys=40)
    done(log, MAIN_GROUP, 2000)
    done(log, "replay", 10)
    log.upkeep.trim()
    assert kept(redis_lab, name) > 1900
    log.forget_group("replay")
    log.upkeep.trim()
    assert kept(redis_lab, name) < 500


def test_lag_is_exact_after_trimming(log: RedisLog) -> None:
    write(log, 2000, keys=40)
    done(log, MAIN_GROUP, 1500)
    assert log.upkeep.trim() > 0
    assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 500
    done(log, MAIN_GROUP, 500)
    assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 0


def test_a_poll_that_large_entries_fill_leaves_no_partition_waiting(log: RedisLog) -> None:
    large = [Entry(b"campaign-%d" % (n % 8), bytes(10_000)) for n in range(800)]
    assert log.produce(METRIC_EVENTS, large, timeout=20) == {}
    with consuming(log) as consumer:
        own_everything(consumer)
        delivered = [record for _ in range(4) for record in consumer.poll(1000, 0.5, 1).records]
    assert len(delivered) == 4 * PIECE
    assert len({record.partition for record in delivered}) == 4


def delete_everything(lab: RedisLab, name: str) -> None:
    """As an operator might, to make room in a hurry."""
    for number in range(4):
        lab.client().xtrim(f"{name}:{METRIC_EVENTS}:{number}", maxlen=0, approximate=False)


def test_read_entries_that_an_operator_deletes_hide_no_unread_ones(
    log: RedisLog, redis_lab: RedisLab, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    write(log, 100)
    done(log, MAIN_GROUP, 100)
    delete_everything(redis_lab, name)
    write(log, 50, first=100)

    assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 50

    assert "entries of metric-events/0 that had been read were deleted" in caplog.text
    caplog.clear()
    done(log, MAIN_GROUP, 20)
    assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 30
    assert "deleted" not in caplog.text


def test_what_is_pending_is_not_done_though_an_operator_deleted_it(
    log: RedisLog, redis_lab: RedisLab, name: str
) -> None:
    write(log, 10, keys=1)
    with consuming(log) as consumer:
        batch = read(consumer, 10)
        delete_everything(redis_lab, name)
        assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 10
        consumer.commit(batch.receipts)
    assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 0


def test_entries_deleted_while_pending_raise_the_alarm_and_hold_nothing_up(
    log: RedisLog, redis_lab: RedisLab, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    write(log, 10, keys=1)
    with consuming(log) as consumer:
        read(consumer, 10)
    delete_everything(redis_lab, name)
    write(log, 5, keys=1, first=10)

    with caplog.at_level(logging.ERROR), consuming(log) as consumer:
        batch = read(consumer, 5)
        consumer.commit(batch.receipts)

    assert values(batch.records) == [b"10", b"11", b"12", b"13", b"14"]
    assert "Lost: 10 entries" in caplog.text
    assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 0


def test_entries_that_come_back_as_nil_raise_the_alarm_and_are_acknowledged(
    log: RedisLog, redis_lab: RedisLab, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """On Redis 6.2 always; on newer servers only if they are deleted between the claim and the reading."""
    write(log, 10, keys=1)
    with consuming(log) as consumer:
        read(consumer, 10)
    with consuming(log) as consumer:
        own_everything(consumer)
        delete_everything(redis_lab, name)
        write(log, 5, keys=1, first=10)
        batch = Batch([], [])
        with caplog.at_level(logging.ERROR):
            at_last(lambda: read_into(batch, consumer, 100) >= 5)
        consumer.commit(batch.receipts)
    assert values(batch.records) == [b"10", b"11", b"12", b"13", b"14"]
    assert "Lost: 10 entries" in caplog.text
    groups = [redis_lab.client().xpending(f"{name}:{METRIC_EVENTS}:{n}", MAIN_GROUP) for n in range(4)]
    assert sum(group["pending"] for group in groups) == 0


def test_a_failure_while_nil_entries_are_acknowledged_hides_nothing_of_the_other_streams(
    log: RedisLog, redis_lab: RedisLab, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(log, 40, keys=1)
    with consuming(log) as consumer:
        read(consumer, 40)
    with consuming(log) as consumer:
        own_everything(consumer)
        one_of_each = consumer.poll(4, 0)
        delete_everything(redis_lab, name)
        written = write(log, 40, keys=40, first=40)
        fail(monkeypatch, "XACK", times=4)  # so that the stream with the pending ones has every place once
        batch = read(consumer, 40)
    assert len(one_of_each.records) == 1
    assert sorted(values(batch.records)) == sorted(written)


def fail(monkeypatch: pytest.MonkeyPatch, command: str, *, times: int) -> None:
    """As if the connection broke."""
    ask, failures = Server.ask, iter(range(times))

    def failing(server: Server, *asked: object) -> object:
        if asked[0] == command and next(failures, None) is not None:
            raise TransientFailure(f"{command} was not answered")
        return ask(server, *asked)

    monkeypatch.setattr(Server, "ask", failing)


def test_what_the_server_delivered_in_an_answer_that_was_lost_is_asked_for_again(
    log: RedisLog, redis_lab: RedisLab, name: str
) -> None:
    with consuming(log) as consumer:
        lose_an_answer(log, redis_lab, name, consumer)
        assert values(read(consumer, 4).records) == [b"4", b"5", b"6", b"7"]


def lose_an_answer(log: RedisLog, lab: RedisLab, name: str, consumer: Consumer) -> None:
    """With four entries in it, behind four that the consumer has read."""
    write(log, 4, keys=1)
    read(consumer, 4)
    write(log, 4, keys=1, first=4)
    answer_nobody(lab, name)
    with outage(lab), pytest.raises(TransientFailure):
        consumer.poll(10, 0.5)


def answer_nobody(lab: RedisLab, name: str) -> None:
    """Deliver what is new to each stream's consumer, as if the connection broke before the answer came."""
    client = lab.client()
    for number in range(4):
        stream = f"{name}:{METRIC_EVENTS}:{number}"
        (consumer,) = client.xinfo_consumers(stream, MAIN_GROUP)
        client.xreadgroup(MAIN_GROUP, consumer["name"], {stream: ">"})


def test_after_an_answer_that_was_lost_an_idle_consumer_waits_as_before(
    log: RedisLog, redis_lab: RedisLab, name: str
) -> None:
    with consuming(log) as consumer:
        lose_an_answer(log, redis_lab, name, consumer)
        read(consumer, 4)
        consumer.poll(1, 0.2)
        before = waits(redis_lab)
        assert consumer.poll(1, 1.0).records == []
        assert waits(redis_lab) - before < 10


def waits(lab: RedisLab) -> int:
    return int(lab.client().info("commandstats")["cmdstat_xread"]["calls"])


def test_a_consumer_reads_what_is_written_after_the_server_was_flushed(
    log: RedisLog, redis_lab: RedisLab, name: str
) -> None:
    topics = [METRIC_EVENTS, SNAPSHOTS]
    write(log, 4)
    with closing(log.consumer(MAIN_GROUP, topics)) as consumer:
        consumer.commit(read(consumer, 4).receipts)
        before = log.lag(MAIN_GROUP, topics)
        redis_lab.client().flushall()
        assert log.lag(MAIN_GROUP, topics).keys() == before.keys()
        write(log, 4, first=4)
        batch = read(consumer, 4)
        assert sorted(values(batch.records)) == [b"4", b"5", b"6", b"7"]
        assert consumer.commit(batch.receipts) == set()
        assert sum(log.lag(MAIN_GROUP, topics).values()) == 0


def test_who_writes_after_the_server_was_flushed_says_where_there_is_something_to_read(
    log: RedisLog, redis_lab: RedisLab, name: str
) -> None:
    write(log, 4)
    with consuming(log) as consumer:
        read(consumer, 4)
        redis_lab.client().flushall()
        write(log, 4, first=4)
        assert sorted(values(read(consumer, 4).records)) == [b"4", b"5", b"6", b"7"]


def test_consumers_that_are_gone_leave_no_trace(log: RedisLog, redis_lab: RedisLab, name: str) -> None:
    write(log, 10)
    for _ in range(3):
        with consuming(log) as consumer:
            read(consumer, 10)
    stream = f"{name}:{METRIC_EVENTS}:0"
    assert len(redis_lab.client().xinfo_consumers(stream, MAIN_GROUP)) == 1


def test_a_replay_that_is_idle_for_a_day_is_forgotten_and_the_main_group_never(
    log: RedisLog, redis_lab: RedisLab, name: str
) -> None:
    write(log, 10)
    for group in (MAIN_GROUP, "replay", "recent"):
        done(log, group, 4)
    yesterday = (time.time() - 25 * 3600) * 1000
    redis_lab.client().zadd(f"{name}:groups", {MAIN_GROUP: yesterday, "replay": yesterday})

    log.upkeep.expire_replays()

    lags = {
        group: sum(log.lag(group, [METRIC_EVENTS]).values()) for group in (MAIN_GROUP, "replay", "recent")
    }
    assert lags == {MAIN_GROUP: 6, "replay": 10, "recent": 6}


def test_consumers_of_the_main_group_trim_by_themselves(
    log: RedisLog, redis_lab: RedisLab, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consuming_module, "UPKEEP_EVERY", 0.1)
    write(log, 1000, keys=40)
    with consuming(log) as consumer:
        consumer.commit(read(consumer, 1000).receipts)
        at_last(lambda: consumer.poll(1, 0.1).records == [] and kept(redis_lab, name) < 500)


def test_more_partitions_are_read_and_written_from_the_moment_they_are_configured(
    redis_lab: RedisLab, name: str
) -> None:
    before, after = redis_lab.open(name), redis_lab.open(name, partitions=6)
    write(before, 100, keys=40)
    with consuming(after) as consumer:
        write(after, 100, keys=40, first=100)
        assert len(read(consumer, 200).records) == 200
        assert {partition.number for partition in consumer.partitions()} == set(range(6))


def test_partitions_never_become_fewer(redis_lab: RedisLab, name: str) -> None:
    before, after = redis_lab.open(name), redis_lab.open(name, partitions=1)
    write(before, 100, keys=40)
    with consuming(after) as consumer:
        assert len(read(consumer, 100).records) == 100


def test_an_entry_that_none_of_ours_wrote_is_delivered_with_all_that_it_holds(
    log: RedisLog, redis_lab: RedisLab, name: str
) -> None:
    redis_lab.add_foreign(name, METRIC_EVENTS)
    write(log, 1)
    with consuming(log) as consumer:
        assert rb'["colour","\\xff"]' in values(read(consumer, 2).records)


def test_an_entry_under_an_id_from_beyond_all_clocks_ends_no_consumer_and_tells_no_time(
    log: RedisLog, redis_lab: RedisLab, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    write(log, 1, keys=1)
    ids = (2**43, 2**63 - 1, f"{2**64 - 1}-{2**63}")
    streams = [f"{name}:{METRIC_EVENTS}:{number}" for number in range(4)]
    for stream in streams:
        for entry_id in ids:
            redis_lab.client().xadd(stream, {"k": "", "v": "foreign"}, id=entry_id)
    write(log, 8, first=1)
    with consuming(log) as consumer:
        batch = read(consumer, 1 + 12 + 8)
        assert consumer.commit(batch.receipts) == set()
    astray = [record for record in batch.records if record.value == b"foreign"]
    assert {record.logged_ms for record in astray} == {0}
    assert max(record.position for record in batch.records) < 2**63
    assert "under an id of their own" in caplog.text


def test_our_own_server_keeps_what_it_acknowledges(redis_lab: RedisLab) -> None:
    assert durability_gaps(redis_lab.server()) == []


def test_a_server_that_may_lose_events_is_told_of(
    redis_lab: RedisLab, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = redis_lab.client()
    client.config_set("appendfsync", "everysec")
    try:
        for topic in (METRIC_EVENTS, SNAPSHOTS):
            redis_lab.open(name).produce(topic, entries(1))
    finally:
        client.config_set("appendfsync", "always")
    assert "appendfsync is everysec, so acknowledged events of the last second are gone" in caplog.text


def test_a_server_without_memory_leaves_the_outcome_unknown(log: RedisLog) -> None:
    assert log.produce(METRIC_EVENTS, entries(1)) == {}
    before = log._server.setting("maxmemory")
    try:
        log._server.ask("CONFIG", "SET", "maxmemory", 1)
        failures = log.produce(METRIC_EVENTS, entries(3))
    finally:
        log._server.ask("CONFIG", "SET", "maxmemory", before)
    assert list(failures) == [0, 1, 2]
    assert all(isinstance(failure, TransientFailure) for failure in failures.values())
    assert log.produce(METRIC_EVENTS, entries(3)) == {}
