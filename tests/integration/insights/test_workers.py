"""What a killed worker was at comes back to a worker, and what nobody was told of the sweep finds."""

from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from signal import SIGKILL

import pytest

from ingestion.events.envelope import MetricEvent
from runtime.fault_points import VARIABLE, FaultPoint
from tests.contract.eventlog.engines import RedisLab, fresh_name
from tests.contract.eventlog.labs import redis_lab
from tests.integration.ingestion.pipeline.world import World
from tests.integration.insights.celery_processes import ask_to_aggregate, celery_process, places_of
from tests.integration.insights.oracle import is_fresh
from tests.integration.insights.raw import Raw, Row
from tests.logged_events import metric
from tests.running_stack import wait_until

__all__ = ["redis_lab"]
pytestmark = pytest.mark.usefixtures("unmarked")

Places = dict[str, str]
HALF_WAY = FaultPoint.RECOMPUTE_HALF_WAY


@pytest.fixture
def places(redis_lab: RedisLab) -> dict[str, str]:
    redis_lab.client().flushall()
    return places_of(redis_lab)


def put_one_of_each(raw: Raw, today: datetime) -> None:
    raw.put_events(raw.event("e1", today, clicks=2, region="FR"))
    raw.put_interactions(raw.interaction("i1", today))


def test_the_task_of_a_process_that_died_half_way_is_done_by_the_next(
    raw: Raw, today: datetime, redis_lab: RedisLab, places: Places, tmp_path: Path
) -> None:
    put_one_of_each(raw, today)
    mark = tmp_path / "died"
    with celery_process("worker", places, f"{HALF_WAY}=kill:{mark}") as worker:
        ask_to_aggregate(redis_lab)
        wait_until(mark.exists, "the worker's child dies half way")
        wait_until(lambda: is_fresh(raw), "its task came back")
        assert worker.poll() is None


def test_the_task_of_a_worker_that_died_whole_is_done_by_another(
    raw: Raw, today: datetime, redis_lab: RedisLab, places: Places, tmp_path: Path
) -> None:
    put_one_of_each(raw, today)
    gate = tmp_path / "gate"
    with celery_process("worker", places, f"{HALF_WAY}=pause:{gate}"):
        ask_to_aggregate(redis_lab)
        wait_until(gate.with_name("gate.reached").exists, "the worker is half way")
    assert not is_fresh(raw)
    with celery_process("worker", places):
        wait_until(lambda: is_fresh(raw), "its task came back")


def logged(raw: Raw, today: datetime, number: int) -> MetricEvent:
    received = today + timedelta(seconds=1)
    place = {"campaign_id": raw.campaign_id, "occurred_at": today}
    return metric(raw.workspace_id, number, received_at=received, **place)


def told(raw: Raw, today: datetime, number: int) -> Row:
    """What the oracle is told of it."""
    figures = {"clicks": number, "spend": Decimal(f"{number}.25"), "currency": "EUR"}
    return raw.event(f"m-{number}", today, platform="google", region="DE", **figures)


def test_what_a_consumer_stored_and_told_nobody_is_swept_up(
    raw: Raw, today: datetime, redis_lab: RedisLab, places: Places, tmp_path: Path
) -> None:
    numbers = range(1, 4)
    raw.events += [told(raw, today, number) for number in numbers]
    name = fresh_name()
    with closing(redis_lab.open(name)) as log, closing(World(redis_lab, log, name, tmp_path)) as world:
        world.put([logged(raw, today, number) for number in numbers])
        killed = world.consumer(**{VARIABLE: f"{FaultPoint.CONSUMER_INSERTED}=kill"})
        assert killed.ended() == -SIGKILL
    assert not is_fresh(raw)
    with celery_process("worker", places), celery_process("beat", places):
        wait_until(lambda: is_fresh(raw), "the sweep finds it")
