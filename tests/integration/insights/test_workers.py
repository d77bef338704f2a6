"""What a killed worker was at comes back to a worker, and what nobody was told of the sweep finds."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from signal import SIGKILL

import pytest
from django.db import connection
from kombu import Connection

from ingestion.events.envelope import MetricEvent
from insights import tasks
from runtime.fault_points import VARIABLE, FaultPoint
from runtime.options import REPOSITORY
from tests.contract.eventlog.engines import RedisLab, fresh_name
from tests.contract.eventlog.labs import redis_lab
from tests.integration.ingestion.pipeline.world import World
from tests.integration.insights.oracle import is_right
from tests.integration.insights.raw import Raw, Row
from tests.logged_events import metric
from tests.running_stack import wait_until

__all__ = ["redis_lab"]
pytestmark = pytest.mark.usefixtures("caught_up")

Start = Callable[..., "subprocess.Popen[bytes]"]
HALF_WAY = FaultPoint.RECOMPUTE_HALF_WAY


@pytest.fixture
def start(redis_lab: RedisLab) -> Iterator[Start]:
    """A worker, or beat, on a broker of its own; killed with its children at the end of the test."""
    redis_lab.client().flushall()
    places = redis_lab.environment() | {
        "CA_POSTGRES_DATABASE": connection.settings_dict["NAME"],
        "CA_WORKER_CONCURRENCY": "1",
        "DJANGO_SETTINGS_MODULE": "analytics_project.settings",
    }
    with ExitStack() as started:

        def start(what: str, fault: str = "") -> "subprocess.Popen[bytes]":
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.insights.impatient_worker", what],
                env={**os.environ, **places, VARIABLE: fault},
                cwd=REPOSITORY,
                start_new_session=True,
            )
            started.callback(kill_whole, process)
            return process

        yield start


def kill_whole(process: "subprocess.Popen[bytes]") -> None:
    """With -9, and its children with it."""
    if process.poll() is None:
        os.killpg(process.pid, SIGKILL)
        process.wait()


def ask_to_aggregate(lab: RedisLab) -> None:
    server = lab.options.redis_log
    with Connection(f"redis://:{server.password}@{server.host}:{server.port}/1") as broker:
        tasks.aggregate.apply_async(connection=broker)


def put_one_of_each(raw: Raw, today: datetime) -> None:
    raw.put_events(raw.event("e1", today, clicks=2, region="FR"))
    raw.put_interactions(raw.interaction("i1", today))


def test_the_task_of_a_process_that_died_half_way_is_done_by_the_next(
    raw: Raw, today: datetime, redis_lab: RedisLab, start: Start, tmp_path: Path
) -> None:
    put_one_of_each(raw, today)
    mark = tmp_path / "died"
    worker = start("worker", f"{HALF_WAY}=kill:{mark}")
    ask_to_aggregate(redis_lab)
    wait_until(mark.exists, "the worker's child dies half way")
    wait_until(lambda: is_right(raw), "its task came back")
    assert worker.poll() is None


def test_the_task_of_a_worker_that_died_whole_is_done_by_another(
    raw: Raw, today: datetime, redis_lab: RedisLab, start: Start, tmp_path: Path
) -> None:
    put_one_of_each(raw, today)
    gate = tmp_path / "gate"
    worker = start("worker", f"{HALF_WAY}=pause:{gate}")
    ask_to_aggregate(redis_lab)
    wait_until(gate.with_name("gate.reached").exists, "the worker is half way")
    kill_whole(worker)
    assert not is_right(raw)
    start("worker")
    wait_until(lambda: is_right(raw), "its task came back")


def logged(raw: Raw, today: datetime, number: int) -> MetricEvent:
    received = today + timedelta(seconds=1)
    place = {"campaign_id": raw.campaign_id, "occurred_at": today}
    return metric(raw.workspace_id, number, received_at=received, **place)


def told(raw: Raw, today: datetime, number: int) -> Row:
    """What the oracle is told of it."""
    figures = {"clicks": number, "spend": Decimal(f"{number}.25"), "currency": "EUR"}
    return raw.event(f"m-{number}", today, platform="google", region="DE", **figures)


def test_what_a_consumer_stored_and_told_nobody_is_swept_up(
    raw: Raw, today: datetime, redis_lab: RedisLab, start: Start, tmp_path: Path
) -> None:
    numbers = range(1, 4)
    raw.events += [told(raw, today, number) for number in numbers]
    name = fresh_name()
    with closing(redis_lab.open(name)) as log, closing(World(redis_lab, log, name, tmp_path)) as world:
        world.put([logged(raw, today, number) for number in numbers])
        killed = world.consumer(**{VARIABLE: f"{FaultPoint.CONSUMER_INSERTED}=kill"})
        assert killed.ended() == -SIGKILL
    assert not is_right(raw)
    start("worker")
    start("beat")
    wait_until(lambda: is_right(raw), "the sweep finds it")
