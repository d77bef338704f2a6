"""A recompute that was killed half way is taken up again and ends as if nothing had been."""

import os
import subprocess
import sys
from pathlib import Path
from signal import SIGKILL

import pytest
from django.core.management import call_command
from django.db import connection

from runs.choices import RunState
from runs.models import Run
from runtime.fault_points import VARIABLE, FaultPoint
from runtime.options import REPOSITORY
from tests import people
from tests.integration.insights.reaggregating import at, campaign_of, days_from, figures, put_events

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


@pytest.mark.parametrize(
    "point",
    [FaultPoint.RECOMPUTE_BEFORE, FaultPoint.RECOMPUTE_HALF_WAY, FaultPoint.RECOMPUTE_AFTER],
    ids=str,
)
def test_killed_at_this_point_it_goes_on(point: FaultPoint, tmp_path: Path) -> None:
    campaign = campaign_of(people.owner())
    days = days_from(at(2026, 10, 1, 9), 3)
    put_events(campaign, *days, clicks=2)
    killed = tmp_path / "killed"
    code = reaggregate("--campaign", str(campaign.id), fault=f"{point}=kill:{killed}")
    assert (code, killed.exists()) == (-SIGKILL, True)
    run = Run.objects.get()
    assert (run.state, run.done) == (RunState.RUNNING, 0)
    call_command("reaggregate", resume=run.id)
    run.refresh_from_db()
    assert (run.state, run.done, run.total) == (RunState.SUCCEEDED, 3, 3)
    assert figures(campaign, columns="bucket, clicks") == [(day.date(), 2) for day in days]
    assert figures(campaign, "rollup_15min", "bucket, clicks") == [(day, 2) for day in days]
