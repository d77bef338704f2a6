"""Buckets in every zone, and on the days that are not like others."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from insights.query.buckets import Bucket, buckets_of, days_of
from insights.query.question import Granularity
from runtime.timezones import timezone_names

QUARTER_HOUR = 15 * 60
NOONS = [datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day) for day in range(366)]


def buckets(start: date, end: date, timezone: str, granularity: str) -> list[Bucket]:
    return buckets_of(days_of(start, end, timezone), Granularity(granularity), timezone)


def hours_of(day: date, timezone: str) -> list[str]:
    return [bucket.label for bucket in buckets(day, day, timezone, "hour")]


def test_a_day_in_spring_has_23_hours_and_one_in_autumn_25() -> None:
    assert hours_of(date(2026, 3, 29), "Europe/Berlin")[1:3] == [
        "2026-03-29T01:00:00+01:00",
        "2026-03-29T03:00:00+02:00",
    ]
    assert hours_of(date(2026, 10, 25), "Europe/Berlin")[2:4] == [
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
    ]
    lengths = [len(hours_of(day, "Europe/Berlin")) for day in (date(2026, 3, 29), date(2026, 10, 25))]
    assert lengths == [23, 25]


def test_where_clocks_move_by_half_an_hour_one_hour_has_ninety_minutes() -> None:
    for day in (date(2026, 4, 5), date(2026, 10, 4)):
        whole = buckets(day, day, "Australia/Lord_Howe", "hour")
        assert sorted({bucket.ends - bucket.begins for bucket in whole}) in ([1800, 3600], [3600, 5400])


@pytest.mark.parametrize(
    ("timezone", "first"),
    [
        ("UTC", "2026-11-01T00:00:00+00:00"),
        ("Asia/Kolkata", "2026-11-01T00:00:00+05:30"),
        ("Asia/Kathmandu", "2026-11-01T00:00:00+05:45"),
        ("America/St_Johns", "2026-11-01T00:00:00-02:30"),
    ],
)
def test_a_day_begins_at_local_midnight(timezone: str, first: str) -> None:
    assert hours_of(date(2026, 11, 1), timezone)[0] == first


def test_where_midnight_is_skipped_the_day_begins_later() -> None:
    assert hours_of(date(2018, 11, 4), "America/Sao_Paulo")[0] == "2018-11-04T01:00:00-02:00"


def test_a_day_that_never_was_has_no_bucket() -> None:
    days = buckets(date(2011, 12, 29), date(2011, 12, 31), "Pacific/Apia", "day")
    assert [day.label for day in days] == ["2011-12-29", "2011-12-31"]


@pytest.mark.parametrize(
    ("granularity", "labels"),
    [
        ("week", ["2025-12-29", "2026-01-05"]),
        ("month", ["2025-12-01", "2026-01-01"]),
        ("quarter", ["2025-10-01", "2026-01-01"]),
        ("total", [""]),
    ],
)
def test_longer_buckets_are_named_by_their_first_day(granularity: str, labels: list[str]) -> None:
    found = buckets(date(2025, 12, 30), date(2026, 1, 6), "UTC", granularity)
    assert [bucket.label for bucket in found] == labels


@pytest.mark.parametrize("granularity", ["hour", "day", "week", "month", "quarter", "total"])
@pytest.mark.parametrize("timezone", ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"])
def test_buckets_leave_no_gap(timezone: str, granularity: str) -> None:
    found = buckets(date(2026, 3, 1), date(2026, 4, 30), timezone, granularity)
    assert [bucket.begins for bucket in found[1:]] == [bucket.ends for bucket in found[:-1]]
    assert found[0].begins == datetime(2026, 3, 1, tzinfo=ZoneInfo(timezone)).timestamp()
    assert found[-1].ends == datetime(2026, 5, 1, tzinfo=ZoneInfo(timezone)).timestamp()


def test_every_zone_begins_its_days_and_hours_on_a_quarter_of_an_hour() -> None:
    """What the rollups rest on, at the clock changes of a year."""
    for timezone in timezone_names():
        for day in changes(ZoneInfo(timezone)) or [date(2026, 7, 1)]:
            found = buckets(day, day, timezone, "hour")
            assert all(bucket.begins % QUARTER_HOUR == 0 for bucket in found), timezone
            assert len({bucket.label for bucket in found}) == len(found), timezone


def changes(zone: ZoneInfo) -> list[date]:
    """Looked for by the day in those weeks alone at whose ends the clocks differ."""

    def differ(first: int, last: int) -> bool:
        return NOONS[first].astimezone(zone).utcoffset() != NOONS[last].astimezone(zone).utcoffset()

    weeks = [end for end in range(7, len(NOONS), 7) if differ(end - 7, end)]
    return [NOONS[day].date() for end in weeks for day in range(end - 6, end + 1) if differ(day - 1, day)]
