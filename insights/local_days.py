"""Days of a time zone as instants, in seconds since 1970: no statement is told of calendars.

A day begins at local midnight, or where a clock skips it at the first instant after.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
TWO_DAYS = 172_800  # seconds: what is about a day in any zone lies no farther from the same day in UTC
_1970 = date(1970, 1, 1).toordinal()


class Day(NamedTuple):
    date: date
    begins: int
    ends: int


def midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def utc_midnight(day: date) -> datetime:
    """When this day begins in UTC; of a moment in UTC, the day that it lies in."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def days_since_1970(day: date) -> int:
    """As the engine counts dates."""
    return day.toordinal() - _1970


def days_touched(stretches: Iterable[tuple[int, int]], timezone: str) -> list[Day]:
    """Every day with an instant in one of these, each from its first until before its second; in order."""
    return sorted({day for stretch in set(stretches) for day in _touched(*stretch, timezone)})


@lru_cache(maxsize=1024)
def _touched(first: int, last: int, timezone: str) -> tuple[Day, ...]:
    """Days that a zone left out have no instant; one that an hour of came twice goes on until the next."""
    zone = ZoneInfo(timezone)
    start, end = (datetime.fromtimestamp(at, zone).date() for at in (first, last - 1))
    dates = [start + DAY * index for index in range(-1, (end - start).days + 3)]
    days = (Day(day, midnight(day, zone), midnight(after, zone)) for day, after in pairwise(dates))
    return tuple(day for day in days if max(day.begins, first) < min(day.ends, last))
