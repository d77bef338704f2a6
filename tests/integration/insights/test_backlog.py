"""What the metrics tell of marks that wait."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from analytics_project.readings import READINGS, Readings, readings
from insights.models import RecomputedThrough, SetAside
from insights.rollups import marks
from insights.rollups.backlog import pending, settle_backlog
from insights.rollups.tick import tick
from runtime.config import configuration
from tests.integration.insights.marking import age_marks, put_marks
from tests.integration.insights.raw import Raw
from tests.running_stack import wait_until
from warehouse.client import Reader

pytestmark = pytest.mark.usefixtures("unmarked")
OF_MARKS = ("ca_marks_pending", "ca_marks_oldest_seconds", "ca_settle_backlog")


def tick_until_none_is_left(left: Callable[[], float]) -> None:
    """Other workers of a run insert meanwhile, and what they inserted becomes due at any moment."""

    def is_none_left() -> bool:
        tick()
        return left() == 0

    wait_until(is_none_left, "a tick leaves none")


def test_marks_wait_until_they_were_recomputed(raw: Raw, today: datetime) -> None:
    tick_until_none_is_left(lambda: pending().marks)
    RecomputedThrough.objects.update(marks=marks.version_at(marks.clock().now - 60_000_000))
    ages = {today: 30, today + timedelta(minutes=1): 20}
    now = marks.clock().now
    put_marks(
        raw,
        [("events", at, marks.version_at(now - seconds * 1_000_000)) for at, seconds in ages.items()],
    )
    assert pending().marks >= 2
    assert pending().oldest >= 30
    tick_until_none_is_left(lambda: pending().marks)


def test_old_ones_wait_to_be_settled(raw: Raw, today: datetime) -> None:
    tick_until_none_is_left(settle_backlog)
    raw.put_events(raw.event("e1", today, clicks=1), raw.event("e2", today + timedelta(minutes=1), clicks=1))
    age_marks(raw, configuration().aggregation.settle_seconds + 1)
    assert settle_backlog() >= 2
    tick_until_none_is_left(settle_backlog)


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
    assert all(f"\n{name} " in page for name in OF_MARKS)


def test_a_page_asks_the_warehouse_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    rows = Reader.rows

    def noted(self: Reader, sql: str, parameters: Any, *, feature: str) -> Any:
        asked.append((sql, parameters["younger"]))
        return rows(self, sql, parameters, feature=feature)

    monkeypatch.setattr(Reader, "rows", noted)
    page = Readings(*READINGS, seconds=60).page().decode()
    assert all(f"\n{name} " in page for name in OF_MARKS)
    assert len(asked) == len(set(asked)) == 2
