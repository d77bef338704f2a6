"""Real consumers among servers that come and go, and among each other."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGTERM
from typing import Any

import pytest
from django_redis import get_redis_connection
from msgspec import structs
from redis import Redis

from ingestion.dead_letters.models import ConsumerStop, DeadLetter
from ingestion.dead_letters.stopping import stop_acknowledge
from ingestion.eventlog.base import MAIN_GROUP, Entry
from ingestion.eventlog.topics import METRIC_EVENTS, SNAPSHOTS, TOPICS, dead_letters_of, entry_of
from ingestion.pipeline.gaps import FOREVER_MS, NOTHING_MS
from ingestion.pipeline.nudging import QUEUE
from ingestion.pipeline.progress import EVERY
from runtime.config import configuration
from runtime.fault_points import VARIABLE, FaultPoint
from runtime.options import Options
from runtime.restarts import NEEDS_A_PERSON
from tests.contract.clickhouse.running import RunningServer
from tests.contract.eventlog.engines import outage
from tests.integration.ingestion.pipeline.world import World
from tests.logged_events import (
    CLICK_COLUMNS,
    METRIC_COLUMNS,
    click_rows,
    metric,
    metric_rows,
    mixture,
    snapshot,
)
from tests.migrated_warehouse import migrate
from tests.running_stack import wait_until
from warehouse.client import reader_of, writer_of

FEATURE = "test"


@pytest.fixture
def own_clickhouse(tmp_path: Path) -> Iterator[RunningServer]:
    """A server that a test may kill."""
    server = RunningServer(tmp_path)
    server.start()
    migrate(options_of(server))
    yield server
    server.kill()


def options_of(server: RunningServer) -> Options:
    return structs.replace(configuration(), clickhouse=server.options)


def places_of(server: RunningServer) -> dict[str, str]:
    names = ("port", "database", "user", "password", "reader_user", "reader_password")
    return {f"CA_CLICKHOUSE_{name.upper()}": str(getattr(server.options, name)) for name in names}


def counted(server: RunningServer) -> int:
    with closing(reader_of(options_of(server))) as reader:
        return int(reader.value("SELECT count() FROM metric_events FINAL", feature=FEATURE))


def test_a_warehouse_that_goes_and_comes_back_holds_events_and_loses_none(
    redis_world: World, own_clickhouse: RunningServer, tmp_path: Path
) -> None:
    alive = tmp_path / "alive"
    places = places_of(own_clickhouse) | {"CA_CONSUMER_LIVENESS_FILE": str(alive)}
    consumer = redis_world.consumer(**places).wait_until_ready()
    redis_world.put([metric(redis_world.workspace, number) for number in range(50)])
    redis_world.wait_until_drained()
    own_clickhouse.kill()
    redis_world.put([metric(redis_world.workspace, number) for number in range(50, 100)])
    wait_until(lambda: "Holding back while inserting" in consumer.said(), "it holds a batch")
    os.utime(alive, (0, 0))
    wait_until(lambda: alive.stat().st_mtime > 0, "it shows that it lives")
    assert redis_world.lag() == 50

    own_clickhouse.start()
    redis_world.wait_until_drained()
    assert consumer.drained() == 0
    assert counted(own_clickhouse) == 100


def test_a_request_to_stop_is_heard_while_a_batch_is_held(
    redis_world: World, own_clickhouse: RunningServer
) -> None:
    consumer = redis_world.consumer(**places_of(own_clickhouse)).wait_until_ready()
    own_clickhouse.kill()
    redis_world.put([metric(redis_world.workspace, 1)])
    wait_until(lambda: "Holding back while inserting" in consumer.said(), "it holds a batch")
    consumer.signal(SIGTERM)
    assert consumer.ended() == 0
    assert redis_world.lag() == 1


def test_a_consumer_is_ready_once_the_log_answers_and_not_when_a_batch_is_full(redis_world: World) -> None:
    redis_world.consumer(CA_CONSUMER_BATCH_SECONDS="3600").wait_until_ready()


def test_a_log_that_goes_and_comes_back_is_waited_for(world: World) -> None:
    first, second = (mixture(world.workspace, 40, first=first)[:40] for first in (0, 40))
    consumer = world.consumer()
    world.put(first)
    world.wait_until_drained()
    with outage(world.lab):
        time.sleep(1.0)
    wait_until(lambda: _is_put(world, second), "the log takes events again")
    world.wait_until_drained()
    assert consumer.drained() == 0
    assert world.rows(METRIC_COLUMNS, "metric_events") == metric_rows([*first, *second])


def _is_put(world: World, events: Any) -> bool:
    return world.log.produce(METRIC_EVENTS, [entry_of(event) for event in events], timeout=5) == {}


def test_two_consumers_share_the_work_and_one_that_leaves_hands_over(world: World) -> None:
    first, second = world.consumer().wait_until_ready(), world.consumer().wait_until_ready()
    events = mixture(world.workspace, 200)
    world.put(events[:100])
    world.wait_until_drained()
    assert first.drained() == 0
    world.put(events[100:])
    world.wait_until_drained()
    third = world.consumer().wait_until_ready()
    again = mixture(world.workspace, 100, first=500)[:100]
    world.put(again)
    world.wait_until_drained()
    assert second.drained() == third.drained() == 0
    assert world.rows(METRIC_COLUMNS, "metric_events") == metric_rows([*events, *again])
    assert world.rows(CLICK_COLUMNS, "interactions") == click_rows(events)


def test_a_consumer_that_is_asked_to_stop_finishes_its_batch_and_commits_it(
    world: World, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    consumer = world.consumer(**{VARIABLE: f"{FaultPoint.CONSUMER_INSERTED}=pause:{gate}"})
    events = mixture(world.workspace, 50)
    world.put(events)
    wait_until(gate.with_name("gate.reached").exists, "it has inserted")
    consumer.signal(SIGTERM)
    gate.touch()
    assert consumer.ended() == 0
    left = world.lag()
    assert left < len(events)
    successor = world.consumer()
    world.wait_until_drained()
    assert successor.drained() == 0
    assert world.rows(METRIC_COLUMNS, "metric_events") == metric_rows(events)


def test_a_second_delivery_is_skipped_and_the_cache_may_be_wiped_at_any_moment(redis_world: World) -> None:
    events = [metric(redis_world.workspace, number) for number in range(30)]
    consumer = redis_world.consumer()
    for _ in range(3):
        redis_world.put(events)
        redis_world.wait_until_drained()
        get_redis_connection("default").flushall()
    redis_world.put(events)
    redis_world.wait_until_drained()
    assert consumer.drained() == 0
    assert redis_world.rows(METRIC_COLUMNS, "metric_events") == metric_rows(events)


def test_the_workers_are_told_once_there_is_something_to_aggregate(redis_world: World) -> None:
    """The queue is on the log's server, which here is the test's own."""
    server = configuration().redis_log
    lab = redis_world.lab.environment()
    consumer = redis_world.consumer()
    redis_world.put([metric(redis_world.workspace, 1)])
    redis_world.wait_until_drained()
    assert consumer.drained() == 0
    queue = Redis(
        server.host, int(lab["CA_REDIS_LOG_PORT"]), db=1, password=lab["CA_REDIS_LOG_PASSWORD"]
    ).lrange(QUEUE, 0, -1)
    assert any(b"insights.aggregate" in message for message in queue)


def test_how_far_each_partition_is_stored_is_told_also_of_idle_ones(redis_world: World) -> None:
    began_ms = time.time_ns() // 1_000_000
    consumer = redis_world.consumer().wait_until_ready()
    redis_world.put([metric(redis_world.workspace, number) for number in range(20)])
    redis_world.wait_until_drained()
    owned = {(partition.topic, partition.number) for partition in redis_world.log.lag(MAIN_GROUP, TOPICS)}

    def told() -> set[tuple[str, int]]:
        with closing(reader_of(configuration())) as reader:
            sql = (
                "SELECT log, log_partition FROM log_progress"
                " WHERE toUnixTimestamp64Milli(through) > %(began)s"
            )
            return set(reader.rows(sql, {"began": began_ms}, feature=FEATURE))

    wait_until(lambda: told() == owned, "every partition is told of")
    assert consumer.drained() == 0


def test_a_consumer_goes_on_after_the_server_of_the_log_was_flushed(redis_world: World) -> None:
    lab = redis_world.lab.environment()
    consumer = redis_world.consumer().wait_until_ready()
    before = [metric(redis_world.workspace, number) for number in range(20)]
    redis_world.put(before)
    redis_world.wait_until_drained()
    place = configuration().redis_log.host, int(lab["CA_REDIS_LOG_PORT"])
    with closing(Redis(*place, password=lab["CA_REDIS_LOG_PASSWORD"])) as server:
        server.flushall()
    time.sleep(2 * EVERY)  # it looks at the log before anybody writes
    after = [metric(redis_world.workspace, number) for number in range(20, 40)]
    redis_world.put(after)
    redis_world.wait_until_drained()
    assert consumer.drained() == 0
    assert redis_world.rows(METRIC_COLUMNS, "metric_events") == metric_rows([*before, *after])


# --- dead letters ----------------------------------------------------------------------------------


def broken(count: int) -> list[Entry]:
    return [Entry(b"a campaign", b"broken %d" % number) for number in range(count)]


def test_what_cannot_be_taken_is_parked_with_its_place_and_the_rest_is_stored(world: World) -> None:
    consumer = world.consumer()
    good = [metric(world.workspace, number) for number in range(10)]
    assert world.log.produce(METRIC_EVENTS, broken(3), timeout=20) == {}
    world.put(good)
    world.wait_until_drained()
    assert consumer.drained() == 0
    assert world.rows(METRIC_COLUMNS, "metric_events") == metric_rows(good)
    letters = DeadLetter.objects.filter(topic=METRIC_EVENTS)
    assert sorted(bytes(letter.payload) for letter in letters) == [b"broken 0", b"broken 1", b"broken 2"]
    assert {letter.code for letter in letters} == {"malformed"}
    assert sum(world.log.lag("nobody", [dead_letters_of(METRIC_EVENTS)]).values()) == 3


def test_dead_letters_of_a_killed_consumer_are_parked_once(redis_world: World) -> None:
    redis_world.log.produce(METRIC_EVENTS, broken(3))
    redis_world.consumer(**{VARIABLE: f"{FaultPoint.CONSUMER_BURIED}=kill"}).ended()
    assert DeadLetter.objects.count() == 3
    successor = redis_world.consumer()
    redis_world.wait_until_drained()
    assert successor.drained() == 0
    assert DeadLetter.objects.count() == 3


def test_too_many_dead_letters_stop_it_and_what_follows_stays_on_the_log(redis_world: World) -> None:
    limits = {"CA_DEAD_LETTERS_STOP_LEAST": "2", "CA_CONSUMER_BATCH_EVENTS": "3"}
    redis_world.log.produce(METRIC_EVENTS, broken(3))
    stopped = redis_world.consumer(**limits)
    assert stopped.ended() == NEEDS_A_PERSON
    assert "stand still" in stopped.said()
    assert DeadLetter.objects.count() == 3
    following = [metric(redis_world.workspace, number) for number in range(4)]
    redis_world.put(following)

    assert redis_world.consumer(**limits).ended() == NEEDS_A_PERSON
    assert redis_world.lag() == 4
    stop_acknowledge(stop=ConsumerStop.objects.get(), by="ann@example.org")
    successor = redis_world.consumer(**limits)
    redis_world.wait_until_drained()
    assert successor.drained() == 0
    assert redis_world.rows(METRIC_COLUMNS, "metric_events") == metric_rows(following)


def test_the_stop_of_one_consumer_stops_those_that_met_no_dead_letter(world: World) -> None:
    limits = {"CA_DEAD_LETTERS_STOP_LEAST": "2"}
    consumers = [world.consumer(**limits).wait_until_ready() for _ in range(2)]
    assert world.log.produce(METRIC_EVENTS, broken(3), timeout=20) == {}  # of one key: for one of the two
    assert [consumer.ended() for consumer in consumers] == [NEEDS_A_PERSON] * 2
    assert all("stand still" in consumer.said() for consumer in consumers)
    assert ConsumerStop.objects.get().dead == 3


# --- replays ---------------------------------------------------------------------------------------


def test_a_replay_from_the_beginning_rebuilds_emptied_raw_tables(
    world: World, own_clickhouse: RunningServer
) -> None:
    places = places_of(own_clickhouse)
    events = mixture(world.workspace, 100)
    consumer = world.consumer(**places)
    world.put(events)
    world.wait_until_drained()
    with closing(writer_of(options_of(own_clickhouse))) as writer:
        for table in ("metric_events", "interactions", "snapshots", "snapshot_slices"):
            writer.run(f"TRUNCATE TABLE {table}", feature=FEATURE)
        replay = world.consumer("--from-beginning", **places)
        assert replay.ended() == 0
        assert f"Replayed {len(events)} events." in replay.said()
        rows = writer.rows(f"SELECT {METRIC_COLUMNS} FROM metric_events FINAL", feature=FEATURE)
        assert Counter(rows) == metric_rows(events)
        rows = writer.rows(f"SELECT {CLICK_COLUMNS} FROM interactions FINAL", feature=FEATURE)
        assert Counter(rows) == click_rows(events)
        assert writer.rows("SELECT sequence FROM snapshots FINAL", feature=FEATURE) == [(1,)]
    assert consumer.drained() == 0


def test_until_a_gap_is_filled_nothing_is_claimed(redis_world: World, own_clickhouse: RunningServer) -> None:
    places = places_of(own_clickhouse)
    redis_world.put([metric(redis_world.workspace, number) for number in range(20)])
    killed = {VARIABLE: f"{FaultPoint.CONSUMER_INSERTED}=kill"}
    with closing(reader_of(options_of(own_clickhouse))) as reader:

        def gaps() -> list[int]:
            sql = "SELECT max(toUnixTimestamp64Milli(through)) FROM log_progress GROUP BY log ORDER BY log"
            return [through for (through,) in reader.rows(sql, feature=FEATURE)]

        redis_world.consumer("--from-beginning", "--fill-gap", **places, **killed).ended()
        assert gaps() == [NOTHING_MS]
        assert redis_world.consumer("--from-beginning", **places).ended() == 0
        assert gaps() == [NOTHING_MS]
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}Z"
        assert redis_world.consumer("--from-time", now, "--fill-gap", **places).ended() == 0
        assert sorted(gaps()) == [NOTHING_MS, FOREVER_MS]
        assert redis_world.consumer("--from-beginning", "--fill-gap", **places).ended() == 0
        assert gaps() == [FOREVER_MS] * 3


def test_a_gap_is_filled_by_a_replay_alone(redis_world: World) -> None:
    refused = redis_world.consumer("--fill-gap")
    assert refused.ended() == 1
    assert "--from-beginning" in refused.said()


def test_a_replay_since_a_time_takes_what_was_logged_since(world: World) -> None:
    world.put([metric(world.workspace, number) for number in range(20)])
    time.sleep(0.05)
    since = time.time()
    time.sleep(0.05)
    late = [metric(world.workspace, number) for number in range(20, 27)]
    world.put([*late, snapshot(world.workspace, 9, DE=3)])
    text = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(since))}.{int(since % 1 * 1000):03}Z"
    replay = world.consumer("--from-time", text)
    assert replay.ended() == 0
    assert "Replayed 8 events." in replay.said()
    assert world.rows(METRIC_COLUMNS, "metric_events") == metric_rows(late)
    assert world.lag() == 28  # its group is its own


def test_a_replay_leaves_no_group_behind(redis_world: World) -> None:
    redis_world.put([snapshot(redis_world.workspace, 1)])
    replay = redis_world.consumer("--from-beginning")
    assert replay.ended() == 0
    group = replay.said().split("as group ")[1].split(".")[0]
    assert sum(redis_world.log.lag(group, [SNAPSHOTS]).values()) == 1


@pytest.mark.parametrize("text", ["yesterday", "2026-11-20", "2026-11-20T10:00:00"])
def test_a_time_that_is_none_is_told(redis_world: World, text: str) -> None:
    consumer = redis_world.consumer("--from-time", text)
    assert consumer.ended() == 1
    assert "RFC 3339" in consumer.said()
