"""Times as senders spell them: RFC 3339 with a zone, in any zone, as fine as they like."""

import re
from datetime import UTC, datetime

from ingestion.errors import InvalidEvent

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Shape alone; whether there is such a day is for the calendar to say.
_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[T ](?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII
)


def instant(field: str, text: str) -> datetime:
    """The instant in UTC, cut to milliseconds (cut, not rounded: a time never moves into the next second)."""
    text = text.upper()
    if not _RFC_3339.fullmatch(text):
        raise InvalidEvent("invalid", field, "A time is RFC 3339 with a zone, like 2026-11-20T10:15:00.250Z.")
    try:
        return cut(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise InvalidEvent("invalid", field, f"There is no such time: {error}.") from None


def cut(time: datetime) -> datetime:
    """In UTC, as fine as the log keeps it."""
    if time.tzinfo is not UTC:
        time = time.astimezone(UTC)
    finer = time.microsecond % 1000
    return time.replace(microsecond=time.microsecond - finer) if finer else time
