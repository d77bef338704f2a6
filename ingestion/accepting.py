"""Accepts events: from what was sent to what the event log has acknowledged. Every door calls `accept`."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple, cast

from msgspec import Raw

from accounts.caller import Caller
from campaigns.selectors import NamedCampaign, campaigns_named
from ingestion.errors import InvalidEvent, TransientFailure
from ingestion.eventlog.base import EventLog
from ingestion.eventlog.opening import event_log
from ingestion.eventlog.sending import put_events
from ingestion.events.bounds import Platform, check_raw_floor, unknown_campaign
from ingestion.events.envelope import Interaction, MetricEvent
from ingestion.events.identity import identity_of
from ingestion.events.making import Place, interaction, metric_event
from ingestion.events.sent import SentEvent, SentMetric, read_sent
from runtime.config import configuration
from runtime.fault_points import FaultPoint, reached
from runtime.telemetry.metrics import Metric, count

Made = MetricEvent | Interaction
# By index of the event: it may stand on the log or not; sending it again is safe.
Unknown = Mapping[int, TransientFailure]

NO_KIND = "unreadable"


class Terms(NamedTuple):
    """What holds for all events of one request."""

    received_at: datetime
    visitor_key: bytes
    may_derive_id: bool
    raw_floor: date | None = None


class Acceptance(NamedTuple):
    """What became of each event, in the order sent. Those that `unknown` does not name are acknowledged."""

    events: Sequence[Made | InvalidEvent]
    duplicates: int  # further ones of an identity that the same request holds; the one sent last stands
    unknown: Unknown

    @property
    def rejected(self) -> list[tuple[int, InvalidEvent]]:
        return [(index, event) for index, event in enumerate(self.events) if isinstance(event, InvalidEvent)]

    @property
    def made(self) -> list[tuple[int, Made]]:
        """Those that were not rejected."""
        return [
            (index, event) for index, event in enumerate(self.events) if not isinstance(event, InvalidEvent)
        ]


def accept(bodies: Sequence[bytes | Raw], caller: Caller, *, may_derive_id: bool = False) -> Acceptance:
    """Check events, each as raw JSON, and put them on the log; blocks until it has acknowledged them.

    The caller must have the right to send events. `may_derive_id` is for doors where a time alone is enough.
    Whatever the stores raise before anything is on the log is passed on.
    """
    sent = [read_one(body) for body in bodies]
    named = campaigns_named(caller, {one.campaign_id for one in sent if not isinstance(one, InvalidEvent)})
    places = {name: _place(caller, campaign) for name, campaign in named.items()}
    visitor_key = configuration().tracking.visitor_key.encode()
    raw_floor = next((campaign.raw_floor for campaign in named.values()), None)  # all are of one workspace
    terms = Terms(datetime.now(UTC), visitor_key, may_derive_id, raw_floor)
    acceptance = put_on_log([make_one(one, places, terms) for one in sent], event_log())
    _count(acceptance, sent)
    return acceptance


def read_one(body: bytes | Raw) -> SentEvent | InvalidEvent:
    try:
        return read_sent(bytes(body))
    except InvalidEvent as refusal:
        return refusal.with_traceback(None)


def make_one(
    sent: SentEvent | InvalidEvent, places: Mapping[str, Place], terms: Terms
) -> Made | InvalidEvent:
    if isinstance(sent, InvalidEvent):
        return sent
    place = places.get(sent.campaign_id)
    if place is None:
        return unknown_campaign()
    try:
        event = _event(sent, place, terms)
        check_raw_floor(event.occurred_at, terms.raw_floor)
    except InvalidEvent as refusal:
        return refusal.with_traceback(None)
    return event


def put_on_log(events: Sequence[Made | InvalidEvent], log: EventLog) -> Acceptance:
    """Of several with one identity the last one goes on the log: what was sent last stands."""
    identities = _identities(events)
    last = {identity: index for index, identity in enumerate(identities) if identity is not None}
    reached(FaultPoint.ACCEPTING_BEFORE_LOG)
    failures = put_events({index: cast(Made, events[index]) for index in last.values()}, log)
    reached(FaultPoint.ACCEPTING_LOGGED)
    duplicates = len(events) - identities.count(None) - len(last)
    if not failures:
        return Acceptance(events, duplicates, {})
    fates = [failures.get(last[identity]) if identity is not None else None for identity in identities]
    return Acceptance(
        [
            fate if isinstance(fate, InvalidEvent) else event
            for fate, event in zip(fates, events, strict=True)
        ],
        duplicates,
        {index: fate for index, fate in enumerate(fates) if isinstance(fate, TransientFailure)},
    )


def _identities(events: Sequence[Made | InvalidEvent]) -> Sequence[Hashable | None]:
    """Equal for equal facts; None for what is no event. Where no id comes twice the ids will do."""
    ids = [None if isinstance(event, InvalidEvent) else event.event_id for event in events]
    if len(set(ids)) == len(ids):
        return ids
    return [None if isinstance(event, InvalidEvent) else identity_of(event) for event in events]


def _event(sent: SentEvent, place: Place, terms: Terms) -> Made:
    if isinstance(sent, SentMetric):
        return metric_event(sent, place, terms.received_at)
    return interaction(sent, place, terms.received_at, terms.visitor_key, may_derive_id=terms.may_derive_id)


def _place(caller: Caller, campaign: NamedCampaign) -> Place:
    return Place(caller.home, campaign.id, cast(Platform, campaign.platform), campaign.currency)


def _count(acceptance: Acceptance, sent: Sequence[SentEvent | InvalidEvent]) -> None:
    """Each event once, by what became of it."""
    outcomes = ["accepted"] * len(sent)
    for index, _ in acceptance.rejected:
        outcomes[index] = "rejected"
    for index in acceptance.unknown:
        outcomes[index] = "unknown"
    counted = Counter(zip(map(_kind, sent), outcomes, strict=True))
    for (kind, outcome), number in counted.items():
        count(Metric.EVENTS_RECEIVED, number, kind=kind, outcome=outcome)
    count(Metric.EVENTS_DUPLICATE, acceptance.duplicates)


def _kind(sent: SentEvent | InvalidEvent) -> str:
    return NO_KIND if isinstance(sent, InvalidEvent) else str(sent.__struct_config__.tag)
