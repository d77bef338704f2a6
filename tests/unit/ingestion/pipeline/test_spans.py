"""From which instant to which a snapshot tells of."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from msgspec import structs

from ingestion.errors import InvalidEvent
from ingestion.events.envelope import Snapshot
from ingestion.pipeline.spans import span_of
from tests.logged_events import snapshot


def reported(occurred_at: datetime, **told: Any) -> Snapshot:
    event = snapshot(uuid4(), 1)
    return structs.replace(event, occurred_at=occurred_at, payload=structs.replace(event.payload, **told))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("timezone", "day", "starts_at", "ends_at"),
    [
        ("UTC", date(2026, 11, 19), utc(2026, 11, 19), utc(2026, 11, 20)),
        ("Europe/Berlin", date(2026, 11, 19), utc(2026, 11, 18, 23), utc(2026, 11, 19, 23)),
        ("Europe/Berlin", date(2026, 3, 29), utc(2026, 3, 28, 23), utc(2026, 3, 29, 22)),  # 23 hours
        ("Europe/Berlin", date(2026, 10, 25), utc(2026, 10, 24, 22), utc(2026, 10, 25, 23)),  # 25 hours
        ("Asia/Kolkata", date(2026, 11, 19), utc(2026, 11, 18, 18, 30), utc(2026, 11, 19, 18, 30)),
        ("America/Havana", date(2026, 3, 8), utc(2026, 3, 8, 5), utc(2026, 3, 9, 4)),  # begins at 01:00
        ("America/Havana", date(2026, 11, 1), utc(2026, 11, 1, 4), utc(2026, 11, 2, 5)),  # has two midnights
    ],
)
def test_a_day_is_as_long_as_it_was_in_its_zone(
    timezone: str, day: date, starts_at: datetime, ends_at: datetime
) -> None:
    span = span_of(reported(starts_at, timezone=timezone, day=day))
    assert span == (datetime(day.year, day.month, day.day, tzinfo=UTC), starts_at, ends_at)


def test_an_hour_is_told_by_its_instant_so_that_the_clock_going_back_merges_no_two() -> None:
    first, second = (
        span_of(
            reported(utc(2026, 10, 25, hour), report="hour", timezone="Europe/Berlin", day=date(2026, 10, 25))
        )
        for hour in (0, 1)  # both are 02:00 in Berlin
    )
    assert first.bucket != second.bucket
    assert first.ends_at == second.starts_at == second.bucket


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "invalid_choice", "payload.timezone"),
        ({"timezone": "../../etc/passwd"}, "invalid_choice", "payload.timezone"),
        ({"day": date(2026, 11, 18)}, "conflict", "payload.day"),
        ({"day": date(1, 1, 1)}, "conflict", "payload.day"),
        ({"day": date(9999, 12, 31)}, "conflict", "payload.day"),
        ({"day": date(9999, 12, 31), "report": "hour"}, "conflict", "payload.day"),
    ],
)
def test_a_day_that_is_not_that_of_its_time_is_refused(
    changes: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(InvalidEvent) as refused:
        span_of(reported(utc(2026, 11, 18, 23), **changes))
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize(
    "began", [utc(2026, 11, 19, 10, 0, 30), utc(2026, 11, 19, 10, 7), utc(2026, 11, 19, 10, 15, 0, 1000)]
)
def test_an_hour_that_begins_within_a_quarter_is_refused(began: datetime) -> None:
    with pytest.raises(InvalidEvent) as refused:
        span_of(reported(began, report="hour"))
    assert (refused.value.code, refused.value.field) == ("conflict", "occurred_at")


def test_an_hour_may_begin_on_any_quarter_as_in_nepal() -> None:
    began = utc(2026, 11, 19, 10, 15)
    assert span_of(reported(began, report="hour", timezone="Asia/Kathmandu")).starts_at == began


def test_a_day_that_begins_in_its_middle_is_refused() -> None:
    with pytest.raises(InvalidEvent, match="begins at"):
        span_of(reported(utc(2026, 11, 19, 10)))
