"""What every event must keep: how long, how large, how old. What is out of bounds is refused, never cut."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Literal

from msgspec import Meta

from ingestion.errors import InvalidEvent
from ingestion.events.times import EPOCH
from runtime.countries import COUNTRIES
from runtime.money import AMOUNT_PLACES, CURRENCIES, LARGEST_AMOUNT, LEAST_PLACES

OLDEST = timedelta(days=3 * 365 + 1)
AHEAD = timedelta(minutes=5)  # clocks of senders differ
# Beyond lies what no clock told. The warehouse's buckets end in 2106, and what lies after them is refused
# there or falls into another minute.
FIRST_RECEIVED, LAST_RECEIVED = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_LAST_MS = (LAST_RECEIVED - EPOCH) // timedelta(milliseconds=1)
COUNT_DIGITS = 12  # as many as an amount has: conversions are stored beside fractions of them
LARGEST_COUNT = 10**COUNT_DIGITS - 1  # eighteen million of them fit into a sum
# Ends a pattern: Python's `$` alone also stands before a last line break, JSON Schema's does not.
END = r"(?!\n)$"

Id = Annotated[str, Meta(min_length=1, max_length=128)]
Label = Annotated[str, Meta(max_length=128)]
Parameter = Annotated[str, Meta(max_length=512)]
Address = Annotated[str, Meta(max_length=2048)]
Time = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0, le=LARGEST_COUNT)]
Amount = Annotated[
    Decimal,
    Meta(extra_json_schema={"pattern": rf"^[0-9]{{1,12}}(\.[0-9]{{1,{AMOUNT_PLACES}}})?$"}),
]
Region = Annotated[
    str,
    Meta(
        description="ISO 3166-1 alpha-2, or empty for not known.",
        extra_json_schema={"enum": ["", *sorted(COUNTRIES)]},
    ),
]
Currency = Annotated[
    str, Meta(description="ISO 4217.", extra_json_schema={"enum": ["", *sorted(CURRENCIES)]})
]
Platform = Literal["meta", "google", "linkedin", "tiktok", "other"]
Device = Literal["", "desktop", "mobile", "tablet", "tv", "other"]

_FINEST = Decimal(10) ** -AMOUNT_PLACES
_USUAL = Decimal(10) ** -LEAST_PLACES
_NOTHING = Decimal(0)


def check_amount(field: str, amount: Decimal | None) -> None:
    if amount is None:
        return
    if not (amount.is_finite() and _NOTHING <= amount <= LARGEST_AMOUNT):
        raise InvalidEvent("out_of_range", field, f"An amount lies between 0 and {LARGEST_AMOUNT:f}.")
    if not amount.same_quantum(_USUAL) and amount.quantize(_FINEST) != amount:
        raise InvalidEvent(
            "max_decimal_places", field, f"An amount has at most {AMOUNT_PLACES} decimal places."
        )


def canonical_amount(amount: Decimal) -> Decimal:
    """One spelling for one amount (two places, more only where needed): equal payloads are equal bytes."""
    if amount.same_quantum(_USUAL) and not amount.is_signed():  # as most are written
        return amount
    usual = abs(amount.quantize(_USUAL))
    return usual if usual == amount else amount.normalize()


def check_currency(currency: str) -> None:
    if currency and currency not in CURRENCIES:
        raise InvalidEvent("invalid_choice", "currency", "This is no currency code of ISO 4217, like EUR.")


def check_region(region: str) -> None:
    if region and region not in COUNTRIES:
        raise InvalidEvent("invalid_choice", "region", "This is no country code of ISO 3166-1, like DE.")


def check_time(occurred_at: datetime, received_at: datetime) -> None:
    """Judged by when it was received: a backlog or a replay is not refused what was accepted once."""
    if not FIRST_RECEIVED <= received_at <= LAST_RECEIVED:
        raise InvalidEvent("out_of_range", "received_at", "Nothing was received at such a time.")
    age = received_at - occurred_at
    if age < -AHEAD:
        raise InvalidEvent("in_the_future", "occurred_at", "The time lies more than five minutes ahead.")
    if age > OLDEST:
        raise InvalidEvent("too_old", "occurred_at", "The time lies more than three years back.")


def check_logged(received_at: datetime, logged_ms: int) -> None:
    """By the log's own clock, which tells the same on every replay: nothing is received after it was logged.

    What claimed to be from a later time would beat every correction until then. A log that tells no time
    (0 or less) judges nothing.
    """
    if logged_ms > 0 and received_at > _last_received(logged_ms):
        raise InvalidEvent(
            "in_the_future", "received_at", "It came to the log more than five minutes before that."
        )


@lru_cache(maxsize=1024)  # many entries are logged within one millisecond
def _last_received(logged_ms: int) -> datetime:
    """The last time at which an entry can have been received that was logged then."""
    return EPOCH + timedelta(milliseconds=min(logged_ms, _LAST_MS)) + AHEAD


def check_raw_floor(occurred_at: datetime, raw_floor: date | None) -> None:
    """Of a workspace: from before that day (UTC) it keeps no facts, and its figures are sealed."""
    if raw_floor and occurred_at.date() < raw_floor:
        raise InvalidEvent("too_old", "occurred_at", f"The workspace keeps facts from {raw_floor} on.")


def unknown_campaign() -> InvalidEvent:
    """For whoever looked the campaigns of many events up at once."""
    return InvalidEvent("unknown_campaign", "campaign_id", "The workspace has no such campaign.")


def check_canonical_time(field: str, time: datetime) -> None:
    if time.tzinfo is not UTC:
        raise InvalidEvent("not_canonical", field, "On the log a time is in UTC.")
