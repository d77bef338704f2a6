"""From the bytes of the log to facts. What cannot be taken is set aside with its reason; the rest goes on."""

from collections.abc import Iterable
from typing import TypeVar

from ingestion.dead_letters.parking import Dead
from ingestion.errors import InvalidEvent
from ingestion.eventlog.base import Record
from ingestion.eventlog.topics import INTERACTIONS, METRIC_EVENTS, SNAPSHOTS
from ingestion.events.bounds import check_logged
from ingestion.events.coding import read_interaction, read_metric_event, read_snapshot
from ingestion.events.envelope import Interaction, MetricEvent, Snapshot
from ingestion.events.identity import microseconds, milliseconds, payload_hash, version_of
from ingestion.pipeline.facts import Decoded, E, Facts, Reported
from ingestion.pipeline.spans import span_of
from warehouse.versions import event_version

K = TypeVar("K", MetricEvent, Interaction, Snapshot)


def decode(records: Iterable[Record]) -> Decoded:
    """Reads no clock and nothing but the records: the same records are the same facts on every day."""
    metric_events: list[MetricEvent] = []
    interactions: list[Interaction] = []
    snapshots: list[Reported] = []
    dead: list[Dead] = []
    of_metric_events: list[Record] = []
    of_interactions: list[Record] = []
    for record in records:
        topic = record.partition.topic
        try:
            if topic == METRIC_EVENTS:
                metric_events.append(_logged(read_metric_event(record.value), record))
                of_metric_events.append(record)
            elif topic == INTERACTIONS:
                interactions.append(_logged(read_interaction(record.value), record))
                of_interactions.append(record)
            elif topic == SNAPSHOTS:
                snapshots.append(_reported(record))
            else:
                raise LookupError(f"Nothing is known of the topic {topic}.")
        except InvalidEvent as why:
            dead.append(_dead(record, why))
    return Decoded(
        facts_of(metric_events, of_metric_events), facts_of(interactions, of_interactions), snapshots, dead
    )


def facts_of(events: list[E], records: list[Record]) -> Facts[E]:
    moments = [milliseconds(event.occurred_at) for event in events]
    received = [microseconds(event.received_at) for event in events]
    hashes = [payload_hash(event) for event in events]
    return Facts(events, records, moments, hashes, list(map(event_version, moments, received, hashes)))


def _logged(event: K, record: Record) -> K:
    check_logged(event.received_at, record.logged_ms)
    return event


def _reported(record: Record) -> Reported:
    snapshot = _logged(read_snapshot(record.value), record)
    return Reported(snapshot, record, span_of(snapshot), version_of(snapshot))


def _dead(record: Record, why: InvalidEvent) -> Dead:
    return Dead(
        *record.partition,
        record.position,
        record.logged_ms,
        record.key,
        record.value,
        why.code,
        why.field,
        why.message,
    )
