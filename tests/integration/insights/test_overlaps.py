"""Two recomputes of one bucket, torn apart at every point of their statements while an event changes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random
from typing import Any

import pytest

from insights.rollups.recompute import Step, parameters_of, steps_of
from tests.integration.insights.marking import settle_everything
from tests.integration.insights.oracle import is_right
from tests.integration.insights.raw import Raw
from warehouse.client import Writer

pytestmark = pytest.mark.usefixtures("unmarked")
INSERT = re.compile(r"\s*INSERT INTO (\w+) \(([^)]*)\)\s*")


# Of two recomputes of one statement each, which reads first and then writes: whose turn it is.
ORDERS = sorted(set(permutations((0, 0, 1, 1))))


def step_by_step(writer: Writer, steps: Iterable[Step]) -> Iterator[None]:
    """A recompute that stands still between what each statement reads and what it writes."""
    for step in steps:
        into = INSERT.match(step.sql)
        assert into
        rows = writer.rows(step.sql[into.end() :], parameters_of(step, 60), feature="test")
        yield
        columns: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)]
        if rows:
            writer.insert_columns(into[1], into[2].split(", "), columns, feature="test")
        yield


def overlap(raw: Raw, today: datetime, steps: Sequence[Step], turns: Sequence[int], changes_at: int) -> None:
    """An event goes from DE to FR before this turn while two recomputes of its bucket run in this order."""
    raw.put_events(raw.event("e1", today, clicks=1, region="DE"))
    under_way = [step_by_step(raw.writer, steps) for _ in range(2)]
    for at, whose in enumerate([*turns, None]):
        if at == changes_at:
            raw.put_events(raw.event("e1", today, clicks=1, region="FR", after=2))
        if whose is not None:
            next(under_way[whose])


def steps(raw: Raw, today: datetime) -> list[Step]:
    return list(steps_of([raw.target("events", today, today + timedelta(minutes=1))], datetime.now(UTC)))


@pytest.mark.parametrize("changes_at", range(5))
@pytest.mark.parametrize("turns", ORDERS, ids=str)
def test_in_whatever_order_two_statements_read_and_write_after_settling_the_rollup_is_f_of_the_raw_rows(
    raw: Raw, today: datetime, turns: Sequence[int], changes_at: int
) -> None:
    overlap(raw, today, steps(raw, today)[:1], turns, changes_at)
    settle_everything(raw)
    assert is_right(raw)


@pytest.mark.parametrize("seed", range(12))
def test_whole_recomputes_may_be_torn_apart_anywhere(raw: Raw, today: datetime, seed: int) -> None:
    random, turns = Random(seed), [0] * 6 + [1] * 6
    random.shuffle(turns)
    overlap(raw, today, steps(raw, today), turns, random.randrange(12))
    settle_everything(raw)
    assert is_right(raw)


def test_without_settling_an_overlap_can_leave_what_is_gone(raw: Raw, today: datetime) -> None:
    """The guard bites: what a stalled statement read before the change stands beside what is true."""
    raw.put_events(raw.event("e1", today, clicks=1, region="DE"))
    stalled, other = (step_by_step(raw.writer, steps(raw, today)) for _ in range(2))
    next(stalled)
    raw.put_events(raw.event("e1", today, clicks=1, region="FR", after=2))
    next(other)
    next(stalled)
    next(other)
    assert {key[3] for key in raw.standing("rollup_minute")} == {"DE", "FR"}
    settle_everything(raw)
    assert is_right(raw)
