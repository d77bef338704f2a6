"""A backlog on the log: metric events of 200 campaigns, as many in a second as they would come."""

import random
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from msgspec import structs

from ingestion.eventlog.base import Entry, EventLog
from ingestion.eventlog.opening import open_log
from ingestion.eventlog.topics import METRIC_EVENTS, entry_of
from ingestion.events.bounds import Device
from ingestion.events.envelope import Increment, MetricEvent
from runtime.config import configuration
from runtime.options import Options

CAMPAIGNS = 200
PER_SECOND = 2000
AT_ONCE = 5000
WORKSPACE = UUID(int=0xCA)
_ANY_WORKSPACE = str(WORKSPACE).encode()
REGIONS = ("US", "DE", "GB", "FR", "IN", "BR", "")
DEVICES: tuple[Device, ...] = ("desktop", "mobile", "tablet", "")


def backlog(count: int) -> list[Entry]:
    """Made once and sent often: making it takes longer than taking it in."""
    chance = random.Random(count)
    campaigns = [uuid4() for _ in range(CAMPAIGNS)]
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=count / PER_SECOND)
    times = (began + timedelta(milliseconds=number * 1000 // PER_SECOND) for number in range(count))
    return [entry_of(_event(chance, chance.choice(campaigns), occurred_at)) for occurred_at in times]


def own_topics(prefix: str) -> Options:
    """The options of a log of its own."""
    configured = configuration()
    return structs.replace(configured, topics=structs.replace(configured.topics, prefix=prefix))


@contextmanager
def filled(prefix: str, entries: Sequence[Entry], times: int = 1) -> Iterator[EventLog]:
    """A log of its own that holds them so often, each time as other events."""
    with closing(open_log(own_topics(prefix))) as log:
        for _ in range(times):
            _fill(log, entries)
        yield log


def _fill(log: EventLog, entries: Sequence[Entry]) -> None:
    """With events of a workspace of its own, so that no run replaces the rows of another."""
    own = str(uuid4()).encode()
    for first in range(0, len(entries), AT_ONCE):
        some = [
            Entry(key, value.replace(_ANY_WORKSPACE, own, 1))
            for key, value in entries[first : first + AT_ONCE]
        ]
        failures = log.produce(METRIC_EVENTS, some, timeout=60)
        if failures:
            raise next(iter(failures.values()))


def _event(chance: random.Random, campaign: UUID, occurred_at: datetime) -> MetricEvent:
    return MetricEvent(
        schema_version=1,
        kind="metric",
        event_id=str(UUID(int=chance.getrandbits(128), version=4)),
        workspace_id=WORKSPACE,
        campaign_id=campaign,
        platform="meta",
        occurred_at=occurred_at,
        received_at=occurred_at + timedelta(microseconds=chance.randrange(20_000, 700_000)),
        payload=Increment(
            region=chance.choice(REGIONS),
            device=chance.choice(DEVICES),
            impressions=chance.randrange(200),
            clicks=chance.randrange(8),
            conversions=int(chance.random() < 0.05),
            spend=Decimal(chance.randrange(400)) / 100,
            revenue=Decimal(chance.randrange(9000)) / 100,
            currency="EUR",
        ),
    )
