"""The stretch of time that a snapshot tells of."""

from datetime import UTC, datetime, timedelta
from datetime import time as clock
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ingestion.errors import InvalidEvent
from ingestion.events.envelope import Snapshot
from runtime.timezones import timezone_names

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
QUARTER = 15  # minutes


class Span(NamedTuple):
    """`bucket` is the account's day, whatever zone it has moved to, or the instant of the hour."""

    bucket: datetime
    starts_at: datetime
    ends_at: datetime


def span_of(snapshot: Snapshot) -> Span:
    """A day is as long as it was in the account's zone: 23 to 25 hours. Raises InvalidEvent."""
    report, began = snapshot.payload, snapshot.occurred_at
    zone = _zone(report.timezone)
    if began.astimezone(zone).date() != report.day:
        raise InvalidEvent("conflict", "payload.day", f"{began} lies on another day in {report.timezone}.")
    if report.is_hourly:
        _check_quarter(began)
        return Span(began, began, began + HOUR)
    bucket = datetime.combine(report.day, clock(), UTC)
    starts_at = _midnight(bucket, zone)
    if began != starts_at:
        raise InvalidEvent("conflict", "occurred_at", f"The day begins at {starts_at} in {report.timezone}.")
    return Span(bucket, starts_at, _midnight(bucket + DAY, zone))


def _check_quarter(began: datetime) -> None:
    """Figures are kept by quarters of an hour, on which every time zone in use begins its hours."""
    if began.minute % QUARTER or began.second or began.microsecond:
        raise InvalidEvent("conflict", "occurred_at", f"No hour begins at {began}.")


def _midnight(day: datetime, zone: ZoneInfo) -> datetime:
    return day.replace(tzinfo=zone).astimezone(UTC)


@cache
def _known_zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _zone(name: str) -> ZoneInfo:
    if name not in timezone_names():
        raise InvalidEvent("invalid_choice", "payload.timezone", "This is no time zone of the IANA database.")
    return _known_zone(name)
