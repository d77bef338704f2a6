"""What a batch turned out to be. Facts of one kind lie in lists of equal length: half the work of objects."""

from collections.abc import Sequence
from itertools import compress
from typing import Generic, TypeVar

from msgspec import Struct

from ingestion.dead_letters.parking import Dead
from ingestion.eventlog.base import Record
from ingestion.events.envelope import Interaction, MetricEvent, Snapshot
from ingestion.pipeline.spans import Span

E = TypeVar("E", MetricEvent, Interaction)


class Facts(Struct, Generic[E]):
    """Events of one kind, the records that they came in, and what decides between two of one identity."""

    events: list[E]
    records: list[Record]
    moments: list[int]  # when they occurred, in milliseconds
    hashes: list[int]
    versions: list[int]

    def only(self, chosen: Sequence[bool]) -> "Facts[E]":
        return Facts(
            list(compress(self.events, chosen)),
            list(compress(self.records, chosen)),
            list(compress(self.moments, chosen)),
            list(compress(self.hashes, chosen)),
            list(compress(self.versions, chosen)),
        )


class Reported(Struct):
    """A snapshot, its record, and the time that it tells of."""

    snapshot: Snapshot
    record: Record
    span: Span
    version: int


class Decoded(Struct):
    """A batch, read: what goes into the raw tables, and what never can."""

    metric_events: Facts[MetricEvent]
    interactions: Facts[Interaction]
    snapshots: list[Reported]
    dead: list[Dead]
