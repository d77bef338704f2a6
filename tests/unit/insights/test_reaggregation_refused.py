"""What is refused is narrowed down to days of one source, and told in few words."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from insights.reaggregation.refused import MORE, MOST_TOLD, but_refused, halves, with_refused
from insights.rollups.targets import Target

CAMPAIGN = UUID(int=2)
FLOOR = {"code": "below_raw_floor", "message": "Old days stay."}


def at(day: float) -> datetime:
    return datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=day)


def target(first: float, last: float, source: str = "events") -> Target:
    return Target(UUID(int=1), CAMPAIGN, source, at(first), at(last))


def smallest(targets: list[Target]) -> list[Target]:
    found = halves(targets)
    return [one for half in found for one in smallest(half)] if found else targets


@pytest.mark.parametrize(("first", "last", "pieces"), [(0, 31, 31), (0, 1, 1), (0.9, 2.9, 3), (0.25, 0.5, 1)])
def test_halves_end_at_days_and_leave_nothing_out(first: float, last: float, pieces: int) -> None:
    found = smallest([target(first, last)])
    edges = [(one.first, one.last) for one in found]
    assert (edges[0][0], edges[-1][1], len(edges)) == (at(first), at(last), pieces)
    assert all(one[1] == following[0] for one, following in pairwise(edges))
    assert all(one.first.date() == (one.last - timedelta(minutes=1)).date() for one in found)


def test_sources_are_parted_first() -> None:
    found = smallest([target(0, 2, "tracked"), target(1, 2)])
    assert found == [target(1, 2), target(0, 1, "tracked"), target(1, 2, "tracked")]


def test_a_warning_names_the_campaign_and_the_days() -> None:
    refused = [target(day, day + 1, source) for source in ("tracked", "events") for day in (4, 0, 1)]
    floor, warning = with_refused([FLOOR], refused)
    assert (floor, warning["code"]) == (FLOOR, "refused")
    assert f"2026-10-01 to 2026-10-02, 2026-10-05 (UTC) of campaign {CAMPAIGN}" in warning["message"]
    assert with_refused([floor, warning], refused) == [floor, warning]
    assert but_refused([floor, warning]) == [FLOOR]
    assert with_refused([FLOOR], []) == [FLOOR]


def test_thousands_of_refusals_are_told_as_so_many() -> None:
    told: list[dict[str, Any]] = []
    for day in range(2 * MOST_TOLD):
        told = with_refused(told, [target(day, day + 1)])
    assert (len(told), told[-1]) == (MOST_TOLD + 1, MORE)
