"""What kill -9 of a consumer costs, at each step of a batch's way: a repetition, never a figure."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP

import pytest

from ingestion.eventlog.base import MAIN_GROUP
from ingestion.eventlog.topics import TOPICS
from ingestion.events.envelope import Event
from runtime.fault_points import VARIABLE, FaultPoint
from tests.integration.ingestion.pipeline.torn_insert import TornInsert
from tests.integration.ingestion.pipeline.world import World
from tests.logged_events import CLICK_COLUMNS, METRIC_COLUMNS, click_rows, metric_rows, mixture
from tests.running_stack import wait_until

STEPS = [point for point in FaultPoint if point.startswith("consumer.")]


def assert_all_counted_once(world: World, events: Sequence[Event]) -> None:
    assert world.rows(METRIC_COLUMNS, "metric_events") == metric_rows(events)
    assert world.rows(CLICK_COLUMNS, "interactions") == click_rows(events)
    assert world.rows("region, clicks", "snapshot_slices") == {("DE", 1): 1, ("FR", 2): 1}
    assert world.rows("sequence, slices", "snapshots") == {(1, 2): 1}


@pytest.mark.parametrize("step", STEPS)
def test_a_consumer_killed_at_this_step_loses_nothing_and_counts_nothing_twice(
    redis_world: World, step: FaultPoint
) -> None:
    events = mixture(redis_world.workspace, 200)
    redis_world.put(events)
    assert redis_world.consumer(**{VARIABLE: f"{step}=kill"}).ended() == -SIGKILL

    successor = redis_world.consumer()
    redis_world.wait_until_drained()
    assert successor.drained() == 0
    assert_all_counted_once(redis_world, events)


def test_a_consumer_killed_in_the_middle_of_an_insert_leaves_nothing_that_its_successor_counts_twice(
    redis_world: World,
) -> None:
    events = mixture(redis_world.workspace, 2000)
    redis_world.put(events)
    with closing(TornInsert()) as torn:
        killed = redis_world.consumer(CA_CLICKHOUSE_PORT=str(torn.port))
        wait_until(torn.is_torn.is_set, "a part of the rows is on its way")
        assert redis_world.lag() == len(events)
        killed.kill()
        successor = redis_world.consumer()
        redis_world.wait_until_drained()
        assert successor.drained() == 0
    assert_all_counted_once(redis_world, events)


def test_consumers_killed_one_after_the_other_at_every_step_leave_the_same(world: World) -> None:
    events = mixture(world.workspace, 200)
    world.put(events)
    for step in STEPS:
        assert world.consumer(**{VARIABLE: f"{step}=kill"}).ended() == -SIGKILL
        assert step != STEPS[-1] or world.lag() == 0
        assert step == STEPS[-1] or world.lag() == len(events)
    assert_all_counted_once(world, events)


@pytest.mark.parametrize("step", [FaultPoint.CONSUMER_POLLED, FaultPoint.CONSUMER_REMEMBERED])
def test_a_consumer_that_slept_past_its_lease_stores_the_same_rows_as_its_successor(
    world: World, step: FaultPoint, tmp_path: Path
) -> None:
    events = mixture(world.workspace, 200)
    world.put(events)
    gate = tmp_path / "gate"
    sleeper = world.consumer(**{VARIABLE: f"{step}=pause:{gate}"})
    wait_until(gate.with_name("gate.reached").exists, "the first consumer holds a batch")
    sleeper.signal(SIGSTOP)

    successor = world.consumer()
    world.wait_until_drained()
    gate.touch()
    sleeper.signal(SIGCONT)
    more = mixture(world.workspace, 20, first=1000)[:20]
    world.put(more)
    world.wait_until_drained()
    assert sleeper.drained() == successor.drained() == 0
    assert_all_counted_once(world, [*events, *more])
    assert sum(world.log.lag(MAIN_GROUP, TOPICS).values()) == 0
