"""Days in every zone: they leave no gap, and a clock that looks at a date agrees with them."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from insights.local_days import Day, days_since_1970, days_touched, midnight, utc_midnight
from runtime.timezones import timezone_names

HOUR = 3600
ZONES = st.sampled_from(sorted(timezone_names()))
INSTANTS = st.integers(
    int(datetime(2010, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2037, 1, 1, tzinfo=UTC).timestamp())
)
LENGTHS = st.integers(1, 60 * 24 * HOUR)


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def first_instant_of(day: date, zone: ZoneInfo) -> int:
    """Found by looking at the clock every minute."""
    noon_before = int(datetime(day.year, day.month, day.day, 12, tzinfo=zone).timestamp()) - 26 * HOUR
    return next(
        at
        for at in range(noon_before, noon_before + 52 * HOUR, 60)
        if datetime.fromtimestamp(at, zone).date() >= day
    )


@given(ZONES, INSTANTS, LENGTHS)
@example("America/Sao_Paulo", instant("2018-11-04T00:00+00:00"), 48 * HOUR)
@example("Africa/Cairo", instant("2026-04-23T00:00+00:00"), 72 * HOUR)
@example("Asia/Beirut", instant("2026-03-28T00:00+00:00"), 48 * HOUR)
@example("America/Havana", instant("2026-03-07T00:00+00:00"), 48 * HOUR)
@example("Pacific/Apia", instant("2011-12-29T00:00+00:00"), 72 * HOUR)
@example("America/Nuuk", instant("2026-10-24T00:00+00:00"), 48 * HOUR)
def test_days_leave_no_gap_and_cover_what_was_asked(timezone: str, first: int, length: int) -> None:
    days = days_touched([(first, first + length)], timezone)
    assert days[0].begins <= first < days[0].ends
    assert days[-1].begins < first + length <= days[-1].ends
    assert all(one.ends == other.begins for one, other in pairwise(days))
    assert all(day.begins < day.ends for day in days)


@given(ZONES, INSTANTS)
def test_an_instant_lies_in_the_day_that_the_clock_shows(timezone: str, at: int) -> None:
    """But for what a clock shows twice around midnight: in St John's until 2011."""
    (day,) = days_touched([(at, at + 1)], timezone)
    shown = datetime.fromtimestamp(at, ZoneInfo(timezone)).date()
    assert shown == day.date or abs(at - day.begins) <= HOUR


@pytest.mark.parametrize(
    ("timezone", "day"),
    [
        ("America/Sao_Paulo", date(2018, 11, 4)),
        ("Africa/Cairo", date(2026, 4, 24)),
        ("Asia/Beirut", date(2026, 3, 29)),
        ("America/Havana", date(2026, 3, 8)),
        ("America/Asuncion", date(2023, 10, 1)),
        ("Pacific/Apia", date(2011, 12, 31)),
        ("Europe/Berlin", date(2026, 10, 25)),
    ],
)
def test_where_midnight_does_not_exist_a_day_begins_at_its_first_instant(timezone: str, day: date) -> None:
    assert midnight(day, ZoneInfo(timezone)) == first_instant_of(day, ZoneInfo(timezone))


def test_a_day_that_never_was_is_none() -> None:
    first, last = instant("2011-12-29T12:00-10:00"), instant("2011-12-31T12:00+14:00")
    dates = [day.date for day in days_touched([(first, last)], "Pacific/Apia")]
    assert dates == [date(2011, 12, 29), date(2011, 12, 31)]


def test_stretches_far_apart_touch_nothing_between_them() -> None:
    moments = [datetime(2024, 2, 29, 23, 59, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)]
    stretches = [(int(at.timestamp()), int((at + timedelta(minutes=2)).timestamp())) for at in moments]
    days = days_touched([*stretches, *stretches], "UTC")
    assert [day.date.isoformat() for day in days] == ["2024-02-29", "2024-03-01", "2026-11-20"]
    assert days[2] == Day(date(2026, 11, 20), stretches[1][0], stretches[1][0] + 24 * HOUR)


def test_days_are_numbered_from_1970_on() -> None:
    assert [days_since_1970(day) for day in (date(1970, 1, 1), date(2000, 3, 1))] == [0, 11_017]


@pytest.mark.parametrize("day", [date(2026, 11, 2), datetime(2026, 11, 2, 23, 59, tzinfo=UTC)])
def test_a_day_in_utc_begins_at_midnight_whichever_moment_of_it_is_named(day: date) -> None:
    assert utc_midnight(day) == datetime(2026, 11, 2, tzinfo=UTC)
