"""The room that a log on Redis has: what it refuses when full, what stays, and what gives way before."""

import time
from datetime import UTC, datetime
from unittest.mock import Mock

import pytest

from ingestion.eventlog.base import MAIN_GROUP, Entry, LogFull
from ingestion.eventlog.redis_streams import upkeep as upkeep_module
from ingestion.eventlog.redis_streams.log import RedisLog
from ingestion.eventlog.redis_streams.upkeep import ABANDONED_AFTER, FULL, MEASURE_EVERY, TIGHT, UNSEEN
from ingestion.eventlog.topics import METRIC_EVENTS, dead_letters_of
from tests.contract.eventlog.engines import RedisLab
from tests.contract.eventlog.reading import at_last, consuming, done, entries, read, write

SMALL_BUDGET = 2_000_000


def test_a_full_log_refuses_and_takes_again_when_it_was_read(redis_lab: RedisLab, name: str) -> None:
    log = redis_lab.open(name, budget_bytes=SMALL_BUDGET)
    big = [Entry(b"key-%d" % number, bytes(10_000)) for number in range(200)]
    assert log.produce(METRIC_EVENTS, big) == {}
    time.sleep(1.1)

    failures = log.produce(METRIC_EVENTS, entries(3))

    assert list(failures) == [0, 1, 2]
    refusal = failures[0]
    assert isinstance(refusal, LogFull)
    assert refusal.retry_after > 1
    done(log, MAIN_GROUP, 200)
    at_last(lambda: log.produce(METRIC_EVENTS, entries(3)) == {})


def test_a_full_log_takes_dead_letters_or_its_readers_could_never_go_on(
    redis_lab: RedisLab, name: str
) -> None:
    log = redis_lab.open(name, budget_bytes=SMALL_BUDGET)
    assert log.produce(METRIC_EVENTS, [Entry(b"key", bytes(10_000))] * 200) == {}
    time.sleep(1.1)
    assert isinstance(log.produce(METRIC_EVENTS, entries(1)).get(0), LogFull)
    assert log.produce(dead_letters_of(METRIC_EVENTS), entries(3)) == {}


def test_what_was_read_stays_for_the_time_of_its_retention(redis_lab: RedisLab, name: str) -> None:
    log = redis_lab.open(name, retention_hours=1)
    write(log, 1000)
    done(log, MAIN_GROUP, 1000)
    assert log.upkeep.trim() == 0
    with consuming(log, "replay") as replay:
        assert len(read(replay, 1000).records) == 1000


def test_the_retention_gives_way_when_room_gets_tight(redis_lab: RedisLab, name: str) -> None:
    log = redis_lab.open(name, retention_hours=1, budget_bytes=10_000)
    write(log, 1000)
    done(log, MAIN_GROUP, 1000)
    assert log.upkeep.trim() > 0


def test_what_was_read_goes_until_there_is_room_and_no_longer(redis_lab: RedisLab, name: str) -> None:
    log = redis_lab.open(name)
    write(log, 50_000, keys=1)
    done(log, MAIN_GROUP, 50_000)
    used = log.upkeep.bytes_used()
    assert 29_000 < redis_lab.open(name, budget_bytes=used).upkeep.trim() < 41_000
    assert log.upkeep.bytes_used() < TIGHT * used


def test_all_that_is_past_its_retention_goes_at_once(redis_lab: RedisLab, name: str) -> None:
    log = redis_lab.open(name, retention_hours=0)
    write(log, 25_000, keys=1)
    done(log, MAIN_GROUP, 25_000)
    assert 25_000 - 100 <= log.upkeep.trim() <= 25_000


def test_a_log_whose_entries_are_all_read_refuses_nothing(
    redis_lab: RedisLab, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep_module, "MEASURE_EVERY", 3600.0)
    log = redis_lab.open(name, retention_hours=1, budget_bytes=SMALL_BUDGET)
    with consuming(log) as consumer:
        for count in (2000, *[1] * 1500):
            assert log.produce(METRIC_EVENTS, [Entry(b"key", bytes(500))] * count) == {}
            consumer.commit(read(consumer, count).receipts)


def test_who_trims_has_other_work_and_leaves_the_rest_for_the_next_time(
    redis_lab: RedisLab, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep_module, "TRIM_SECONDS", 0.0)
    log = redis_lab.open(name, retention_hours=0)
    write(log, 35_000, keys=1)
    done(log, MAIN_GROUP, 35_000)
    log.upkeep.trim()
    assert log.upkeep.trim() > 0


def test_a_full_log_is_measured_again_a_second_later_however_long_that_took(
    redis_lab: RedisLab, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = redis_lab.open(name, budget_bytes=10_000)

    def slowly(*_: object) -> int:
        time.sleep(0.2)
        return 9_999

    monkeypatch.setattr(log.upkeep, "bytes_used", slowly)
    assert isinstance(log.produce(METRIC_EVENTS, entries(1)).get(0), LogFull)
    assert log.upkeep._not_before - time.monotonic() <= MEASURE_EVERY


@pytest.mark.parametrize("sizes", [(*[200_000] * 5, *[400] * 4000), (*[300] * 100, *[100_000] * 40)])
def test_room_is_measured_rightly_whatever_was_written_first(
    redis_lab: RedisLab, name: str, sizes: tuple[int, ...]
) -> None:
    log = redis_lab.open(name)
    assert log.produce(METRIC_EVENTS, [Entry(b"key", bytes(size)) for size in sizes]) == {}
    assert sum(sizes) < log.upkeep.bytes_used() < 1.5 * sum(sizes)


def test_dead_letters_are_kept_for_their_retention_whoever_reads_them(redis_lab: RedisLab, name: str) -> None:
    topic = dead_letters_of(METRIC_EVENTS)
    kept_long = redis_lab.open(name, retention_hours=1)
    kept_long.produce(topic, entries(500))
    assert kept_long.upkeep.trim() == 0
    assert redis_lab.open(name, retention_hours=0).upkeep.trim() > 0


def test_a_replay_that_begins_at_a_time_stops_no_trimming(redis_lab: RedisLab, name: str) -> None:
    """Its group begins at an id whose number is the largest that there is."""
    log = redis_lab.open(name, budget_bytes=10_000)
    write(log, 1000, keys=40)
    done(log, MAIN_GROUP, 1000)
    with consuming(log, "replay", start=datetime(2020, 1, 1, tzinfo=UTC)) as replay:
        replay.poll(0, 0.1)
        assert log.upkeep.trim() == 0
        assert len(read(replay, 1000).records) == 1000


def fill(log: RedisLog) -> None:
    """Up to the budget and beyond it."""
    assert log.produce(METRIC_EVENTS, [Entry(b"key-%d" % n, bytes(10_000)) for n in range(200)]) == {}
    time.sleep(MEASURE_EVERY)


def age(lab: RedisLab, name: str, group: str, seconds: int) -> None:
    """As if the group's consumers had been there last so long ago."""
    lab.client().zadd(f"{name}:groups", {group: (time.time() - seconds) * 1000})


def test_a_replay_that_was_killed_makes_room_before_anything_is_refused(
    redis_lab: RedisLab, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    log = redis_lab.open(name, budget_bytes=SMALL_BUDGET)
    write(log, 10)
    done(log, "replay", 1)
    done(log, MAIN_GROUP, 10)
    fill(log)
    done(log, MAIN_GROUP, 200)
    age(redis_lab, name, "replay", ABANDONED_AFTER + 5)

    assert log.produce(METRIC_EVENTS, entries(3)) == {}

    assert "The replay group replay had no consumer for 60 seconds and is forgotten." in caplog.text


def test_a_replay_that_lives_is_waited_for_and_the_log_refuses(redis_lab: RedisLab, name: str) -> None:
    log = redis_lab.open(name, budget_bytes=SMALL_BUDGET)
    write(log, 10)
    done(log, "replay", 1)
    done(log, MAIN_GROUP, 10)
    fill(log)
    done(log, MAIN_GROUP, 200)
    age(redis_lab, name, "replay", ABANDONED_AFTER - 30)
    assert isinstance(log.produce(METRIC_EVENTS, entries(1)).get(0), LogFull)


def test_room_is_asked_for_once_a_second_or_after_a_hundredth_of_it(
    redis_lab: RedisLab, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep_module, "MEASURE_EVERY", 3600.0)
    log = redis_lab.open(name, budget_bytes=SMALL_BUDGET)
    bytes_used = Mock(wraps=log.upkeep.bytes_used)
    monkeypatch.setattr(log.upkeep, "bytes_used", bytes_used)
    for _ in range(10):
        assert log.produce(METRIC_EVENTS, [Entry(b"key", bytes(9_000))]) == {}
    assert bytes_used.call_count == 4  # at first, and whenever 20,000 bytes more are there


def test_a_burst_passes_the_budget_by_no_more_than_a_hundredth(
    redis_lab: RedisLab, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep_module, "MEASURE_EVERY", 3600.0)
    writers = [redis_lab.open(name, budget_bytes=SMALL_BUDGET) for _ in range(3)]
    for number in range(1000):
        writers[number % 3].produce(METRIC_EVENTS, [Entry(b"key-%d" % number, bytes(2_000))])
    used = writers[0].upkeep.bytes_used()
    assert FULL * SMALL_BUDGET * 0.97 < used < (FULL + 3 * UNSEEN + 0.02) * SMALL_BUDGET
