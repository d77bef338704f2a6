"""A range is cut into whole days of one campaign, in order, and nothing is left out."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from insights.reaggregation.pieces import MOST_DAYS, MOST_ROWS, Day, Piece, cut, windows
from insights.reaggregation.scope import CampaignRange

WORKSPACE, CAMPAIGN = UUID(int=1), UUID(int=2)
FIRST = date(2026, 10, 1)


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 10, 1, hour, tzinfo=UTC) + timedelta(days=day)


BEGIN, END = at(0), at(400)


def wanted(first: datetime = BEGIN, last: datetime = END) -> CampaignRange:
    return CampaignRange(WORKSPACE, CAMPAIGN, first, last)


def day(number: int, source: str = "events", rows: int = 10) -> Day:
    return Day(FIRST + timedelta(days=number), source, rows)


def spans(piece: Piece) -> dict[str, tuple[datetime, datetime]]:
    return {target.source: (target.first, target.last) for target in piece.targets}


def test_few_rows_are_one_piece_with_a_target_for_each_source() -> None:
    [piece] = cut(wanted(), [day(0), day(0, "tracked"), day(2), day(3, "day_country")])
    assert spans(piece) == {
        "events": (at(0), at(3)),
        "tracked": (at(0), at(1)),
        "day_country": (at(3), at(4)),
    }
    assert (piece.days, piece.rows) == (3, 40)
    assert (piece.place.campaign_id, piece.place.through) == (CAMPAIGN, at(4))


def test_many_rows_are_several_pieces_that_leave_nothing_out() -> None:
    days = [day(number, rows=MOST_ROWS // 2) for number in range(5)]
    found = list(cut(wanted(), days))
    assert [spans(piece)["events"] for piece in found] == [(at(0), at(2)), (at(2), at(4)), (at(4), at(5))]
    assert sum(piece.rows for piece in found) == sum(each.rows for each in days)


def test_a_day_with_too_many_rows_comes_in_parts_that_leave_nothing_out() -> None:
    days = [day(0, "events", MOST_ROWS), day(0, "tracked", MOST_ROWS), day(1)]
    first, second, third = cut(wanted(), days)
    for source in ("events", "tracked"):
        assert [spans(part)[source] for part in (first, second)] == [(at(0), at(0, 12)), (at(0, 12), at(1))]
    assert spans(third) == {"events": (at(1), at(2))}
    assert [(part.days, part.rows) for part in (first, second, third)] == [
        (0, 0),
        (1, 2 * MOST_ROWS),
        (1, 10),
    ]
    assert [part.place.through for part in (first, second)] == [at(0, 12), at(1)]


def test_the_parts_of_a_day_are_whole_quarters_of_an_hour() -> None:
    parts = list(cut(wanted(), [day(0, rows=10**9)]))
    assert len(parts) == 96
    parts = list(cut(wanted(), [day(0, rows=7 * MOST_ROWS)]))
    edges = [spans(part)["events"] for part in parts]
    assert [last for _, last in edges[:-1]] == [first for first, _ in edges[1:]]
    assert (edges[0][0], edges[-1][1]) == (at(0), at(1))
    assert all(first.minute % 15 == 0 for first, _ in edges)


def test_a_piece_spans_a_month_at_most() -> None:
    found = list(cut(wanted(), [day(number * 10, rows=0) for number in range(20)]))
    for piece in found:
        first, last = spans(piece)["events"]
        assert last - first <= timedelta(days=MOST_DAYS)
    assert sum(piece.days for piece in found) == 20


@pytest.mark.parametrize("sources", [("events",), ("events", "tracked")])
def test_the_ends_are_those_that_were_asked_for(sources: tuple[str, ...]) -> None:
    days = [day(number, source) for number in range(4) for source in sources]
    [piece] = cut(wanted(at(1, 22), at(2, 5)), days)
    assert spans(piece) == dict.fromkeys(sources, (at(1, 22), at(2, 5)))
    assert (piece.days, piece.place.through) == (2, at(2, 5))


def test_a_range_is_looked_through_by_the_months_that_hold_anything() -> None:
    found = windows(wanted(at(20), at(100)), {202612, 202610, 202609, 202611, 202701, 202703})
    assert [(part.first, part.last) for part in found] == [
        (at(20), at(31)),
        (at(31), at(61)),
        (at(61), at(92)),
        (at(92), at(100)),
    ]


def test_nothing_there_is_nothing_to_do() -> None:
    assert list(cut(wanted(), [])) == []
    assert list(cut(wanted(at(5), at(6)), [day(4), day(6)])) == []
