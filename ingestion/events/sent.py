"""Events as senders write them: flat, with the names that each door offers.

Unknown fields are refused. Null and absent are the same.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeVar

from msgspec import Meta, Struct
from msgspec.json import Decoder

from ingestion.errors import InvalidEvent
from ingestion.events.bounds import (
    COUNT_DIGITS,
    END,
    Address,
    Amount,
    Count,
    Device,
    Id,
    Label,
    Parameter,
    Platform,
)
from ingestion.events.coding import reader
from ingestion.events.times import instant

T = TypeVar("T")

SentCount = Count | Annotated[str, Meta(pattern=rf"^[0-9]{{1,{COUNT_DIGITS}}}{END}")]
SentTime = Annotated[str, Meta(max_length=64)]
Region = Annotated[str, Meta(max_length=2)]


class Sent(Struct, kw_only=True, frozen=True, gc=False, forbid_unknown_fields=True, tag_field="kind"):
    """What every event may carry. `write_key` belongs to the request, not to the event."""

    campaign_id: Id
    platform: Platform | None = None
    event_id: Id | None = None
    deduplication_key: Id | None = None
    occurred_at: SentTime | None = None
    region: Region | None = None
    device: Device | None = None
    currency: Annotated[str, Meta(max_length=3)] | None = None
    write_key: Label | None = None

    # Several spellings of the id and of the time are one field; a kind's own spelling comes last.
    id_fields: ClassVar[tuple[str, ...]] = ("event_id", "deduplication_key")
    time_fields: ClassVar[tuple[str, ...]] = ("occurred_at",)

    def own_id(self) -> str | None:
        return self._told(self.id_fields, _as_it_is)

    def own_time(self) -> datetime | None:
        return self._told(self.time_fields, instant)

    def _told(self, fields: tuple[str, ...], read: Callable[[str, str], T]) -> T | None:
        """What all spellings of one field say."""
        told: T | None = None
        first = ""
        for name in fields:
            text = getattr(self, name)
            if text is None:
                continue
            value = read(name, text)
            if told is not None and value != told:
                raise InvalidEvent("conflict", name, f"{name} and {first} say different things.")
            told, first = value, first or name
        return told


def _as_it_is(field: str, text: str) -> str:
    return text


class SentMetric(Sent, kw_only=True, frozen=True, tag="metric"):
    """A metric event; counts come as numbers or as strings, amounts too."""

    platform: Platform
    impressions: SentCount | None = None
    clicks: SentCount | None = None
    conversions: SentCount | None = None
    spend: Amount | None = None
    revenue: Amount | None = None


class SentInteraction(Sent, kw_only=True, frozen=True):
    kind: ClassVar[Literal["click", "conversion", "impression"]]

    user_id: Id
    source: Label
    referrer: Address | None = None
    consent: Literal["granted", "denied"] | bool | None = None
    utm_source: Parameter | None = None
    utm_medium: Parameter | None = None
    utm_campaign: Parameter | None = None
    utm_term: Parameter | None = None
    utm_content: Parameter | None = None
    utm_id: Parameter | None = None
    gclid: Parameter | None = None
    gbraid: Parameter | None = None
    wbraid: Parameter | None = None
    fbclid: Parameter | None = None
    ttclid: Parameter | None = None
    li_fat_id: Parameter | None = None
    msclkid: Parameter | None = None


class SentImpression(SentInteraction, kw_only=True, frozen=True, tag="impression"):
    """An advertisement of ours that was seen."""

    kind: ClassVar = "impression"


class SentClick(SentInteraction, kw_only=True, frozen=True, tag="click"):
    """`click_id` and `click_date` are its own id and time."""

    kind: ClassVar = "click"
    click_id: Id | None = None
    click_date: SentTime | None = None

    id_fields: ClassVar[tuple[str, ...]] = (*Sent.id_fields, "click_id")
    time_fields: ClassVar[tuple[str, ...]] = (*Sent.time_fields, "click_date")


class SentConversion(SentInteraction, kw_only=True, frozen=True, tag="conversion"):
    """`conversion_id` and `conversion_date` are its own id and time; `click_id` names the click before it."""

    kind: ClassVar = "conversion"
    type: Label
    value: Amount | None = None
    conversion_id: Id | None = None
    conversion_date: SentTime | None = None
    click_id: Label | None = None

    id_fields: ClassVar[tuple[str, ...]] = (*Sent.id_fields, "conversion_id")
    time_fields: ClassVar[tuple[str, ...]] = (*Sent.time_fields, "conversion_date")


SentEvent = SentMetric | SentClick | SentConversion | SentImpression

read_sent: Callable[[bytes], SentEvent] = reader(Decoder(SentEvent))
