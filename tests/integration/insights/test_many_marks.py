"""However many marks there are, they are looked through piece by piece."""

from datetime import datetime

import pytest

from insights.rollups import marks
from insights.rollups.marks import FOREVER
from insights.rollups.targets import MINUTE
from insights.rollups.tick import Outcome, tick
from tests.integration.insights import oracle
from tests.integration.insights.marking import SECOND, age_marks, put_marks, unsettled
from tests.integration.insights.raw import Raw

pytestmark = pytest.mark.usefixtures("unmarked")


@pytest.mark.parametrize("most", [3, 10**6])
def test_however_many_marks_there_are_all_are_found_piece_by_piece(
    raw: Raw, today: datetime, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Settled ones lie among them for a day; grouped all at once they would take minutes and all memory."""
    monkeypatch.setattr(marks, "MANY_ROWS", 20)
    buckets = [today + number * MINUTE for number in range(100)]
    long_ago = marks.version_at(marks.clock().now) - 7200 * SECOND
    put_marks(raw, [("events", bucket, long_ago + n * SECOND) for n, bucket in enumerate(buckets)])
    put_marks(
        raw, [("events", bucket, long_ago + (200 + n) * SECOND) for n, bucket in enumerate(buckets[:9])]
    )
    marks.settle([mark for mark in found_from_the_beginning(10**6) if mark.bucket in buckets[:50]])

    found = found_from_the_beginning(most)

    assert set(buckets[50:]) <= {mark.bucket for mark in found} <= set(buckets[50:]) | set(buckets[:9])


def found_from_the_beginning(most: int) -> list[marks.Mark]:
    found, cut = marks.unsettled(after=marks.end_of(0), until=FOREVER, most=most)
    while cut:
        more, cut = marks.unsettled(after=cut, until=FOREVER, most=most)
        found += more
    return found


def test_a_tick_comes_to_the_end_of_however_many_marks(
    raw: Raw, today: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "MANY_ROWS", 5)
    raw.put_events(*[raw.event(f"e{n}", today + n * MINUTE, clicks=1) for n in range(40)])
    age_marks(raw, 7200)
    while tick() is Outcome.MORE:
        pass
    assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)
    assert unsettled(raw) == []
