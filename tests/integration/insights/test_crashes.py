"""A tick that is killed or stalled at its worst: the next one comes to the same figures."""

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from insights.models import RecomputedThrough
from insights.rollups.recompute import recompute
from insights.rollups.tick import Outcome, tick
from runtime.fault_points import VARIABLE, FaultPoint
from runtime.options import REPOSITORY
from tests.integration.insights.marking import settle_everything, unsettled
from tests.integration.insights.oracle import by_quarter_hour, is_right
from tests.integration.insights.raw import Raw
from tests.running_stack import wait_until

pytestmark = pytest.mark.usefixtures("unmarked")
TICK = "import django; django.setup(); from insights.rollups.tick import tick; tick()"
POINTS = [FaultPoint.RECOMPUTE_BEFORE, FaultPoint.RECOMPUTE_HALF_WAY, FaultPoint.RECOMPUTE_AFTER]


def tick_elsewhere(fault: str) -> "subprocess.Popen[bytes]":
    """In a process of its own, with this armed."""
    environment = {**os.environ, "CA_POSTGRES_DATABASE": connection.settings_dict["NAME"], VARIABLE: fault}
    environment["DJANGO_SETTINGS_MODULE"] = "analytics_project.settings"
    return subprocess.Popen([sys.executable, "-c", TICK], cwd=REPOSITORY, env=environment)


@pytest.mark.parametrize("point", POINTS)
def test_a_tick_that_is_killed_is_done_again_by_the_next(
    raw: Raw, today: datetime, point: FaultPoint
) -> None:
    raw.put_events(raw.event("e1", today, clicks=1, region="DE"))
    tick()
    raw.put_events(raw.event("e1", today, clicks=2, region="FR", after=2))
    raw.put_interactions(raw.interaction("i1", today))
    worked_off = RecomputedThrough.objects.get().marks
    assert tick_elsewhere(f"{point}=kill").wait() == -signal.SIGKILL
    assert RecomputedThrough.objects.get().marks == worked_off
    wait_until(lambda: tick() is not Outcome.BUSY, "Postgres has noticed that the holder is gone")
    assert raw.standing("rollup_15min") == by_quarter_hour(raw)
    assert len(unsettled(raw)) == 2
    settle_everything(raw)
    assert is_right(raw)


@pytest.mark.parametrize("point", POINTS)
def test_a_tick_that_stands_still_while_another_recomputes_settles_right(
    raw: Raw, today: datetime, tmp_path: Path, point: FaultPoint
) -> None:
    gate = tmp_path / "gate"
    target = raw.target("events", today, today + timedelta(minutes=1))
    raw.put_events(raw.event("e1", today, clicks=1, region="DE"))
    stalled = tick_elsewhere(f"{point}=pause:{gate}")
    wait_until((tmp_path / "gate.reached").exists, "it stands still")
    raw.put_events(raw.event("e1", today, clicks=1, region="FR", after=2))
    recompute([target])
    gate.touch()
    assert stalled.wait() == 0
    settle_everything(raw)
    assert is_right(raw)
