"""Which levels a recompute of facts makes, by their age on the engine's clock."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from insights.rollups.recompute import steps_of
from insights.rollups.targets import Target
from insights.sources import EVENTS
from warehouse.tables import ROLLUP_15MIN, ROLLUP_MINUTE

NOW = datetime(2026, 10, 15, 12, tzinfo=UTC)
MINUTES = f"FROM {ROLLUP_MINUTE.name}"
RAW_ROWS = "FROM metric_events"


def made(*hours_old: float) -> dict[str, str]:
    """The statement of each table, for minutes of these ages."""
    whose = uuid4(), uuid4(), EVENTS
    firsts = [NOW - timedelta(hours=hours) for hours in hours_old]
    chunk = [Target(*whose, first, first + timedelta(minutes=1)) for first in firsts]
    steps = steps_of(chunk, NOW, days_too=False)
    return {step.sql.split("INSERT INTO ", 1)[1].split(" ", 1)[0]: step.sql for step in steps}


@pytest.mark.parametrize("hours_old", [[0], [23], [0, 23]])
def test_young_quarters_of_an_hour_are_made_of_minutes_alone(hours_old: list[float]) -> None:
    steps = made(*hours_old)
    assert list(steps) == [ROLLUP_MINUTE.name, ROLLUP_15MIN.name]
    assert MINUTES in steps[ROLLUP_15MIN.name]
    assert RAW_ROWS not in steps[ROLLUP_15MIN.name]


@pytest.mark.parametrize("hours_old", [[49], [49, 5000]])
def test_old_ones_are_made_of_raw_rows_and_have_no_minutes(hours_old: list[float]) -> None:
    steps = made(*hours_old)
    assert list(steps) == [ROLLUP_15MIN.name]
    assert MINUTES not in steps[ROLLUP_15MIN.name]
    assert RAW_ROWS in steps[ROLLUP_15MIN.name]


@pytest.mark.parametrize("hours_old", [[36], [25], [47], [1, 100]])
def test_where_the_ages_meet_each_bucket_is_made_of_what_serves(hours_old: list[float]) -> None:
    steps = made(*hours_old)
    assert list(steps) == [ROLLUP_MINUTE.name, ROLLUP_15MIN.name]
    assert MINUTES in steps[ROLLUP_15MIN.name]
    assert RAW_ROWS in steps[ROLLUP_15MIN.name]
