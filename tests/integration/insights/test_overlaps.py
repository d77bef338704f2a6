"""Two recomputes of one bucket, torn apart at every point of their statements while an event changes."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from insights.rollups.recompute import parameters_of, steps_of
from insights.rollups.targets import Target
from tests.integration.insights import oracle
from tests.integration.insights.marking import settle_everything
from tests.integration.insights.raw import Raw
from warehouse.client import Writer

pytestmark = pytest.mark.usefixtures("caught_up")
INSERT = re.compile(r"\s*INSERT INTO (\w+) \(([^)]*)\)\s*")


def step_by_step(writer: Writer, target: Target) -> Iterator[None]:
    """A recompute that stands still between what each statement reads and what it writes."""
    for step in steps_of([target]):
        into = INSERT.match(step.sql)
        assert into
        rows = writer.rows(step.sql[into.end() :], parameters_of(step, 60), feature="test")
        yield
        columns: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)]
        if rows:
            writer.insert_columns(into[1], into[2].split(", "), columns, feature="test")
        yield


def overlap(raw: Raw, today: datetime, random: Random) -> None:
    """An event goes from DE to FR while two recomputes of its bucket run in some order."""
    target = raw.target("events", today, today + timedelta(minutes=1))
    raw.put_events(raw.event("e1", today, clicks=1, region="DE"))
    under_way = [step_by_step(raw.writer, target) for _ in range(2)]
    turns = [0] * 6 + [1] * 6
    random.shuffle(turns)
    changes_at = random.randrange(12)
    for at, whose in enumerate(turns):
        if at == changes_at:
            raw.put_events(raw.event("e1", today, clicks=1, region="FR", after=2))
        next(under_way[whose])


def is_right(raw: Raw) -> bool:
    return (
        raw.standing("rollup_minute") == oracle.by_minute(raw)
        and raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)
        and raw.standing("rollup_day", "timezone, bucket") == oracle.by_day(raw, "Europe/Berlin")
    )


@pytest.mark.parametrize("seed", range(12))
def test_after_settling_the_rollup_is_f_of_the_raw_rows(raw: Raw, today: datetime, seed: int) -> None:
    overlap(raw, today, Random(seed))
    settle_everything(raw)
    assert is_right(raw)


def test_without_settling_an_overlap_can_leave_what_is_gone(raw: Raw, today: datetime) -> None:
    """The guard bites: what a stalled statement read before the change stands beside what is true."""
    target = raw.target("events", today, today + timedelta(minutes=1))
    raw.put_events(raw.event("e1", today, clicks=1, region="DE"))
    stalled, other = (step_by_step(raw.writer, target) for _ in range(2))
    next(stalled)
    raw.put_events(raw.event("e1", today, clicks=1, region="FR", after=2))
    next(other)
    next(stalled)
    next(other)
    assert {key[3] for key in raw.standing("rollup_minute")} == {"DE", "FR"}
    settle_everything(raw)
    assert is_right(raw)
