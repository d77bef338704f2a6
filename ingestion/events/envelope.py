"""The three kinds of events as they stand on the log: one envelope, a payload for each kind, JSON.

Whatever was constructed or decoded is within its bounds; a struct that would not be raises InvalidEvent.
None can be part of a cycle, so none is looked at by the search for garbage.
"""

from datetime import date
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import Meta, Struct

from ingestion.errors import InvalidEvent
from ingestion.events.bounds import (
    END,
    Address,
    Amount,
    Count,
    Currency,
    Device,
    Id,
    Label,
    Parameter,
    Platform,
    Region,
    Time,
    check_amount,
    check_canonical_time,
    check_currency,
    check_region,
    check_time,
)
from warehouse.versions import LARGEST_SEQUENCE

SCHEMA_VERSION: Final = 1
MOST_SLICES = 5000


class Figures(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was counted. Null is not reported, zero is known to be nothing."""

    region: Region = ""
    device: Device = ""
    impressions: Count | None = None
    clicks: Count | None = None
    spend: Amount | None = None
    revenue: Amount | None = None

    def __post_init__(self) -> None:
        check_region(self.region)
        check_amount("spend", self.spend)
        check_amount("revenue", self.revenue)


class Increment(Figures, frozen=True, kw_only=True):
    """What a metric event adds to its campaign."""

    conversions: Count | None = None
    currency: Currency = ""

    def __post_init__(self) -> None:
        Figures.__post_init__(self)
        check_currency(self.currency)
        if not self.currency and (self.spend is not None or self.revenue is not None):
            raise InvalidEvent("required", "currency", "An amount needs its currency.")


class Visit(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is known about a click, a conversion or an impression of one visitor."""

    visitor: Annotated[
        str,
        Meta(
            pattern=rf"^([0-9a-f]{{32}})?{END}",
            description="Keyed hash of the visitor's id; empty if not known.",
        ),
    ] = ""
    source: Label = ""
    type: Label = ""
    value: Amount | None = None
    currency: Currency = ""
    click_id: Label = ""
    region: Region = ""
    device: Device = ""
    consent: Literal["", "granted", "denied"] = ""
    referrer: Address = ""
    utm_source: Parameter = ""
    utm_medium: Parameter = ""
    utm_campaign: Parameter = ""
    utm_term: Parameter = ""
    utm_content: Parameter = ""
    utm_id: Parameter = ""
    gclid: Parameter = ""
    gbraid: Parameter = ""
    wbraid: Parameter = ""
    fbclid: Parameter = ""
    ttclid: Parameter = ""
    li_fat_id: Parameter = ""
    msclkid: Parameter = ""

    def __post_init__(self) -> None:
        check_region(self.region)
        check_currency(self.currency)
        check_amount("value", self.value)
        if not self.currency and self.value is not None:
            raise InvalidEvent("required", "currency", "An amount needs its currency.")


class Slice(Figures, frozen=True, kw_only=True):
    """One combination of dimensions within a snapshot. Platforms report fractions of conversions."""

    conversions: Amount | None = None

    def __post_init__(self) -> None:
        Figures.__post_init__(self)
        check_amount("conversions", self.conversions)


class Report(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """All that a platform reports of one campaign in one bucket, perhaps nothing; it replaces what was."""

    account_id: Annotated[Id, Meta(description="The ad account's id at the platform.")]
    external_campaign_id: Annotated[Id, Meta(description="The campaign's id at the platform.")]
    report: Annotated[str, Meta(pattern=rf"^(day|hour)(_[a-z]+)*{END}", max_length=32)]
    day: Annotated[date, Meta(description="The day of the bucket in the account's own time zone.")]
    timezone: Annotated[Id, Meta(description="The account's time zone, which `day` is told in.")]
    sequence: Annotated[
        int, Meta(ge=1, le=LARGEST_SEQUENCE, description="Of the fetching run; the largest stands.")
    ]
    currency: Currency = ""
    slices: Annotated[tuple[Slice, ...], Meta(max_length=MOST_SLICES)]

    def __post_init__(self) -> None:
        check_currency(self.currency)
        if len({(part.region, part.device) for part in self.slices}) < len(self.slices):
            raise InvalidEvent("duplicate", "slices", "Two slices have the same dimensions.")
        if not self.currency and any(
            part.spend is not None or part.revenue is not None for part in self.slices
        ):
            raise InvalidEvent("required", "currency", "An amount needs its currency.")

    @property
    def is_hourly(self) -> bool:
        return self.report.startswith("hour")


class Envelope(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """What the log must know of any event. Times are in UTC, `occurred_at` in whole milliseconds."""

    schema_version: Literal[1]
    event_id: Id
    workspace_id: UUID
    campaign_id: UUID
    platform: Platform
    occurred_at: Time
    received_at: Time

    def __post_init__(self) -> None:
        check_canonical_time("occurred_at", self.occurred_at)
        check_canonical_time("received_at", self.received_at)
        if self.occurred_at.microsecond % 1000:
            raise InvalidEvent("not_canonical", "occurred_at", "On the log it is cut to milliseconds.")
        check_time(self.occurred_at, self.received_at)


class MetricEvent(Envelope, frozen=True, kw_only=True):
    """An additive increment, pushed by any source."""

    kind: Literal["metric"]
    payload: Increment


class Interaction(Envelope, frozen=True, kw_only=True):
    """A click, a conversion or an impression, tracked first-hand or delivered by a webhook."""

    kind: Literal["click", "conversion", "impression"]
    payload: Visit


class Snapshot(Envelope, frozen=True, kw_only=True):
    """Absolute figures as a platform reports and restates them; it occurred when its bucket began."""

    kind: Literal["snapshot"]
    payload: Report


Event = MetricEvent | Interaction | Snapshot
