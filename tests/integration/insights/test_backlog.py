"""What the metrics tell of marks that wait."""

from datetime import datetime, timedelta

import pytest

from analytics_project.readings import readings
from insights.models import RecomputedThrough, SetAside
from insights.rollups import marks
from insights.rollups.backlog import marks_pending, oldest_mark_seconds, settle_backlog
from insights.rollups.tick import tick
from runtime.config import configuration
from tests.integration.insights.marking import age_marks, put_marks
from tests.integration.insights.raw import Raw

pytestmark = pytest.mark.usefixtures("caught_up")


def test_marks_wait_until_they_were_recomputed(raw: Raw, today: datetime) -> None:
    assert (marks_pending(), oldest_mark_seconds()) == (0, 0)
    RecomputedThrough.objects.update(marks=marks.version_at(marks.clock().now - 60_000_000))
    ages = {today: 30, today + timedelta(minutes=1): 20}
    now = marks.clock().now
    put_marks(
        raw,
        [("events", at, marks.version_at(now - seconds * 1_000_000)) for at, seconds in ages.items()],
    )
    assert marks_pending() >= 2
    assert oldest_mark_seconds() >= 30
    tick()
    assert (marks_pending(), oldest_mark_seconds()) == (0, 0)


def test_old_ones_wait_to_be_settled(raw: Raw, today: datetime) -> None:
    tick()
    assert settle_backlog() == 0
    raw.put_events(raw.event("e1", today, clicks=1), raw.event("e2", today + timedelta(minutes=1), clicks=1))
    age_marks(raw, configuration().aggregation.settle_seconds + 1)
    assert settle_backlog() >= 2
    tick()
    assert settle_backlog() == 0


def test_the_page_has_them_all(raw: Raw, today: datetime) -> None:
    SetAside.objects.create(
        workspace_id=raw.workspace_id,
        campaign_id=raw.campaign_id,
        source="events",
        bucket=today,
        version=2,
        next_try_at=today + timedelta(days=1),
    )
    page = readings().page().decode()
    assert "ca_targets_set_aside 1.0" in page
    for name in ("ca_marks_pending", "ca_marks_oldest_seconds", "ca_settle_backlog"):
        assert f"\n{name} " in page
