"""What makes two events the same fact, and which of two that are the same stands."""

from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import msgspec
from msgspec.json import Encoder

from ingestion.events.envelope import Event, Interaction, MetricEvent, Report, Slice, Snapshot
from ingestion.events.times import EPOCH
from warehouse.versions import event_version, snapshot_version

_MICROSECOND = timedelta(microseconds=1)
_MILLISECOND = timedelta(milliseconds=1)
_encode = Encoder().encode


class Identity(NamedTuple):
    """Of a metric event or an interaction: wherever and however often it arrives, it is this one row."""

    workspace_id: UUID
    campaign_id: UUID
    kind: str
    occurred_ms: int
    event_id: str


class SliceIdentity(NamedTuple):
    """Of a slice of a snapshot. No id of ours is in it: an account that is linked anew doubles nothing."""

    workspace_id: UUID
    platform: str
    account_id: str
    report: str
    external_campaign_id: str
    bucket: date | datetime
    region: str
    device: str


def identity_of(event: MetricEvent | Interaction) -> Identity:
    return Identity(
        event.workspace_id, event.campaign_id, event.kind, milliseconds(event.occurred_at), event.event_id
    )


def slice_identity(snapshot: Snapshot, part: Slice) -> SliceIdentity:
    """As the key of the warehouse's slices has it; tests hold the rows to it."""
    report = snapshot.payload
    return SliceIdentity(
        snapshot.workspace_id,
        snapshot.platform,
        report.account_id,
        report.report,
        report.external_campaign_id,
        snapshot.occurred_at if report.is_hourly else report.day,
        part.region,
        part.device,
    )


def version_of(event: Event) -> int:
    """Of two with one identity the greater stands: what was received last, then what its payload decides."""
    hashed = payload_hash(event)
    if isinstance(event, Snapshot):
        return snapshot_version(event.payload.sequence, hashed)
    return event_version(milliseconds(event.occurred_at), microseconds(event.received_at), hashed)


def payload_hash(event: Event) -> int:
    """64 bits that are equal for equal payloads, in every process and for ever."""
    payload = event.platform.encode() + _encode(event.payload)
    return int.from_bytes(blake2b(payload, digest_size=8).digest())


def milliseconds(time: datetime) -> int:
    return (time - EPOCH) // _MILLISECOND


def microseconds(time: datetime) -> int:
    return (time - EPOCH) // _MICROSECOND


def new_event_id() -> str:
    """For an event whose sender named neither an id nor a time: nobody can mean it a second time.

    Ids of our own are UUIDs: the warehouse stores these in half the space.
    """
    return str(uuid4())


def derived_event_id(canonical: Any) -> str:
    """The id of what was sent with a time and without an id: the same body again is the same event."""
    encoded = msgspec.json.encode(canonical, order="sorted")
    return str(UUID(bytes=blake2b(encoded, digest_size=16).digest()))


def snapshot_event_id(platform: str, report: Report, occurred_at: datetime) -> str:
    """One id for one run's snapshot of one bucket, however often the run's task is repeated."""
    named = [report.account_id, report.report, report.external_campaign_id, report.day, report.sequence]
    return derived_event_id([platform, milliseconds(occurred_at), *named])


def visitor_of(user_id: str, workspace_id: UUID, key: bytes) -> str:
    """What is stored instead of a visitor's id: cannot be turned back, nor compared between workspaces."""
    hashed = blake2b(user_id.encode(), digest_size=16, key=key, salt=workspace_id.bytes)
    return hashed.hexdigest()
