"""A recompute that was killed half way is taken up again and ends as if nothing had been."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from signal import SIGKILL
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from insights import tasks
from runs.choices import RunState
from runs.models import Run
from runs.services import SILENT_AFTER
from runtime.fault_points import VARIABLE, FaultPoint
from runtime.options import REPOSITORY
from tests import people
from tests.integration.insights.reaggregating import at, campaign_of, days_from, figures, put_events, work

pytestmark = pytest.mark.django_db(transaction=True)


def reaggregate(*arguments: str, fault: str) -> int:
    """The command as a process of its own, on this test's database; how it ended."""
    database = {"CA_POSTGRES_DATABASE": connection.settings_dict["NAME"]}
    ran = subprocess.run(
        [sys.executable, str(REPOSITORY / "manage.py"), "reaggregate", *arguments],
        env=os.environ | database | {VARIABLE: fault, "DJANGO_SETTINGS_MODULE": "analytics_project.settings"},
        capture_output=True,
        check=False,
    )
    return ran.returncode


def resumed(run: Run) -> None:
    call_command("reaggregate", resume=run.id)


def taken_up_by_itself(run: Run) -> None:
    Run.objects.filter(id=run.id).update(alive_at=timezone.now() - SILENT_AFTER)
    queued: list[str] = []
    with patch.object(tasks.reaggregate, "delay", queued.append):
        tasks.queue_up_again()
        assert queued == [str(run.id)]
        work(queued)


@pytest.mark.parametrize(
    "point",
    [FaultPoint.RECOMPUTE_BEFORE, FaultPoint.RECOMPUTE_HALF_WAY, FaultPoint.RECOMPUTE_AFTER],
    ids=str,
)
@pytest.mark.parametrize("go_on", [resumed, taken_up_by_itself])
def test_killed_at_this_point_it_goes_on(
    point: FaultPoint, tmp_path: Path, go_on: Callable[[Run], None]
) -> None:
    campaign = campaign_of(people.owner())
    days = days_from(at(2026, 10, 1, 9), 3)
    put_events(campaign, *days, clicks=2)
    killed = tmp_path / "killed"
    code = reaggregate("--campaign", str(campaign.id), fault=f"{point}=kill:{killed}")
    assert (code, killed.exists()) == (-SIGKILL, True)
    run = Run.objects.get()
    assert (run.state, run.done) == (RunState.RUNNING, 0)
    go_on(run)
    run.refresh_from_db()
    assert (run.state, run.done, run.total) == (RunState.SUCCEEDED, 3, 3)
    assert figures(campaign, columns="bucket, clicks") == [(day.date(), 2) for day in days]
    assert figures(campaign, "rollup_15min", "bucket, clicks") == [(day, 2) for day in days]
