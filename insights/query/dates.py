"""Which days a question is about: ranges by name, and what is assumed where none is given."""

from collections.abc import Callable
from datetime import date, timedelta

DEFAULT_DAYS = 30
EARLIEST = date(2000, 1, 1)
LATEST = date(2099, 12, 31)

Range = tuple[date, date]


def last_days(count: int) -> Callable[[date], Range]:
    """The last days up to today, today included."""
    return lambda today: (today - timedelta(days=count - 1), today)


def _yesterday(today: date) -> Range:
    return today - timedelta(days=1), today - timedelta(days=1)


def _this_week(today: date) -> Range:
    return today - timedelta(days=today.weekday()), today


def _last_week(today: date) -> Range:
    monday = today - timedelta(days=today.weekday() + 7)
    return monday, monday + timedelta(days=6)


def _this_month(today: date) -> Range:
    return today.replace(day=1), today


def _last_month(today: date) -> Range:
    end = today.replace(day=1) - timedelta(days=1)
    return end.replace(day=1), end


PRESETS: dict[str, Callable[[date], Range]] = {
    "today": last_days(1),
    "yesterday": _yesterday,
    "last_7_days": last_days(7),
    "last_14_days": last_days(14),
    "last_30_days": last_days(DEFAULT_DAYS),
    "last_90_days": last_days(90),
    "this_week": _this_week,
    "last_week": _last_week,
    "this_month": _this_month,
    "last_month": _last_month,
}


def assumed(start: date | None, end: date | None, today: date) -> Range:
    """Without an end up to today; without a start the 30 days that end there."""
    end = end or max(today, start or today)
    return start or end - timedelta(days=DEFAULT_DAYS - 1), end
