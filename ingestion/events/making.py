"""From what was sent to an event of the log: here everything that has a default gets it, once and for good.

Raises InvalidEvent. Safe to repeat: the same body at the same place is the same event, if it named its time.
"""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import structs

from ingestion.errors import InvalidEvent
from ingestion.events.bounds import Platform, canonical_amount, check_currency
from ingestion.events.envelope import SCHEMA_VERSION, Increment, Interaction, MetricEvent, Visit
from ingestion.events.identity import derived_event_id, milliseconds, new_event_id, visitor_of
from ingestion.events.sent import Sent, SentConversion, SentInteraction, SentMetric
from ingestion.events.times import cut

_PLATFORM_OF_CLICK_ID: dict[str, Platform] = {
    "gclid": "google",
    "gbraid": "google",
    "wbraid": "google",
    "fbclid": "meta",
    "ttclid": "tiktok",
    "li_fat_id": "linkedin",
    "msclkid": "other",
}
_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id")
_TAKEN_AS_SENT = ("source", "region", "device", "referrer", *_UTM, *_PLATFORM_OF_CLICK_ID)
_FIGURES = ("impressions", "clicks", "conversions", "spend", "revenue")
# Where it belongs, when it happened and who it was are told otherwise in what an id is derived from.
_NOT_DERIVED_FROM = {"campaign_id", "write_key", "user_id", "occurred_at", "click_date", "conversion_date"}


class Place(NamedTuple):
    """Where an event belongs: the campaign that the sender's workspace has under the name that was sent."""

    workspace_id: UUID
    campaign_id: UUID
    platform: Platform
    currency: str


def metric_event(sent: SentMetric, place: Place, received_at: datetime) -> MetricEvent:
    event_id, occurred_at = _id_and_time(sent, received_at)
    if event_id is None:
        raise InvalidEvent("required", "event_id", "An event that names its time names its id, too.")
    return MetricEvent(
        schema_version=SCHEMA_VERSION,
        kind="metric",
        event_id=event_id,
        workspace_id=place.workspace_id,
        campaign_id=place.campaign_id,
        platform=sent.platform,
        occurred_at=occurred_at,
        received_at=received_at,
        payload=_increment(sent, place.currency),
    )


def interaction(
    sent: SentInteraction, place: Place, received_at: datetime, visitor_key: bytes, *, may_derive_id: bool
) -> Interaction:
    """`may_derive_id` on the tracking routes alone: there a time is enough."""
    visitor = visitor_of(sent.user_id, place.workspace_id, visitor_key)
    event_id, occurred_at = _id_and_time(sent, received_at)
    if event_id is None and not may_derive_id:
        raise InvalidEvent("required", "event_id", "An event that names its time names its id, too.")
    return Interaction(
        schema_version=SCHEMA_VERSION,
        kind=sent.kind,
        event_id=event_id or _derived_id(sent, visitor, occurred_at),
        workspace_id=place.workspace_id,
        campaign_id=place.campaign_id,
        platform=sent.platform or _platform_of_click_id(sent) or place.platform,
        occurred_at=occurred_at,
        received_at=received_at,
        payload=_visit(sent, visitor, place.currency),
    )


def _id_and_time(sent: Sent, received_at: datetime) -> tuple[str | None, datetime]:
    """No id comes back only if the sender named the time alone."""
    event_id, occurred_at = sent.own_id(), sent.own_time()
    if occurred_at is not None:
        return event_id, occurred_at
    if event_id is not None:
        field = sent.time_fields[-1]
        raise InvalidEvent("required", field, "An event that names its id names its time, too.")
    return new_event_id(), cut(received_at)


def _derived_id(sent: SentInteraction, visitor: str, occurred_at: datetime) -> str:
    told = {
        name: _amount(value) if isinstance(value, Decimal) else value
        for name, value in structs.asdict(sent).items()
        if value is not None and name not in _NOT_DERIVED_FROM
    }
    return derived_event_id([sent.kind, visitor, milliseconds(occurred_at), told])


def _platform_of_click_id(sent: SentInteraction) -> Platform | None:
    return next((platform for name, platform in _PLATFORM_OF_CLICK_ID.items() if getattr(sent, name)), None)


def _increment(sent: SentMetric, default_currency: str) -> Increment:
    counts = sent.impressions is sent.clicks is sent.conversions is None
    if counts and sent.spend is sent.revenue is None:
        raise InvalidEvent("required", "impressions", f"Name at least one of {', '.join(_FIGURES)}.")
    spend, revenue = _amount(sent.spend), _amount(sent.revenue)
    return Increment(
        region=sent.region or "",
        device=sent.device or "",
        impressions=_count(sent.impressions),
        clicks=_count(sent.clicks),
        conversions=_count(sent.conversions),
        spend=spend,
        revenue=revenue,
        currency=_currency(sent, default_currency, is_needed=spend is not None or revenue is not None),
    )


def _visit(sent: SentInteraction, visitor: str, default_currency: str) -> Visit:
    told: dict[str, Any] = {name: getattr(sent, name) or "" for name in _TAKEN_AS_SENT}
    value = None
    if isinstance(sent, SentConversion):
        value = _amount(sent.value)
        told |= {"type": sent.type, "click_id": sent.click_id or ""}
    currency = _currency(sent, default_currency, is_needed=value is not None)
    return Visit(visitor=visitor, value=value, currency=currency, consent=_consent(sent.consent), **told)


def _count(sent: int | str | None) -> int | None:
    return None if sent is None else int(sent)


def _amount(sent: Decimal | None) -> Decimal | None:
    """One spelling for one amount; the payload that it goes into refuses what is no amount."""
    if sent is None:
        return None
    try:
        return canonical_amount(sent)
    except InvalidOperation:
        return sent


def _currency(sent: Sent, default: str, *, is_needed: bool) -> str:
    """A row without money has no currency, so that equal facts are equal rows."""
    check_currency(sent.currency or "")
    return (sent.currency or default) if is_needed else ""


def _consent(sent: bool | str | None) -> Any:
    if isinstance(sent, bool):
        return "granted" if sent else "denied"
    return sent or ""
