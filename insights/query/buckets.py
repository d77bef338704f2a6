"""The buckets of an answer as instants. All arithmetic on calendars is here, and none of it in SQL.

An hour is as long as the wall clock shows it: where a zone moves its clocks by half an hour, one hour of the
year has ninety minutes.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from msgspec import Struct

from insights.local_days import DAY, midnight
from insights.query.question import Granularity

HOUR = timedelta(hours=1)
QUARTER_HOUR = timedelta(minutes=15)


class Bucket(Struct, frozen=True):
    """From `begins` until before `ends`, in seconds since 1970; `label` is how a row names it."""

    begins: int
    ends: int
    label: str


class Day(Struct, frozen=True):
    begins: int
    date: date


def days_of(start: date, end: date, timezone: str) -> list[Day]:
    """Every day of the range, and the one after it, where the last one ends."""
    zone = ZoneInfo(timezone)
    count = (end - start).days + 2
    return [Day(midnight(start + DAY * index, zone), start + DAY * index) for index in range(count)]


def buckets_of(days: Sequence[Day], granularity: Granularity, timezone: str) -> list[Bucket]:
    """In order and without a gap. Weeks, months and quarters at the rim are cut to the range."""
    if granularity is Granularity.HOUR:
        edges = list(_hours(days[0].begins, days[-1].begins, ZoneInfo(timezone)))
    else:
        edges = list(_periods(days, granularity))
    ends = [begins for begins, _ in edges[1:]] + [days[-1].begins]
    return [
        Bucket(begins, end, label) for (begins, label), end in zip(edges, ends, strict=True) if begins < end
    ]


def position(buckets: Sequence[Bucket], instant: int) -> int:
    """Which bucket an instant of the range falls into."""
    return bisect_right(buckets, instant, key=lambda bucket: bucket.begins) - 1


def first_day(day: date, granularity: Granularity) -> date:
    """The day that names the period which `day` belongs to."""
    match granularity:
        case Granularity.WEEK:
            return day - DAY * day.weekday()
        case Granularity.MONTH:
            return day.replace(day=1)
        case Granularity.QUARTER:
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case _:
            return day


def _periods(days: Sequence[Day], granularity: Granularity) -> Iterator[tuple[int, str]]:
    if granularity is Granularity.TOTAL:
        yield days[0].begins, ""
        return
    last = None
    for day in days[:-1]:
        name = first_day(day.date, granularity)
        if name != last:
            yield day.begins, name.isoformat()
        last = name


def _hours(first: int, end: int, zone: ZoneInfo) -> Iterator[tuple[int, str]]:
    at = _local(first, zone)
    while at.timestamp() < end:
        yield int(at.timestamp()), at.isoformat()
        at = _next_hour(at, zone)


def _next_hour(at: datetime, zone: ZoneInfo) -> datetime:
    """The next instant at which the wall clock shows another hour, or the same one from its start."""
    candidate = _later(at, HOUR - timedelta(minutes=at.minute), zone)
    if candidate.utcoffset() == at.utcoffset():
        return candidate
    steps = (_later(at, QUARTER_HOUR * index, zone) for index in range(13))
    return next(now for before, now in pairwise(steps) if now.minute == 0 or now.hour != before.hour)


def _later(at: datetime, by: timedelta, zone: ZoneInfo) -> datetime:
    return (at.astimezone(UTC) + by).astimezone(zone)


def _local(instant: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(instant, zone)
