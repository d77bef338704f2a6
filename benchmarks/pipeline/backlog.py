"""A backlog on the log: metric events of 200 campaigns, as many in a second as they would come."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from uuid import UUID, uuid4

from ingestion.eventlog.base import Entry, EventLog
from ingestion.eventlog.topics import METRIC_EVENTS, entry_of
from ingestion.events.bounds import Device
from ingestion.events.envelope import Increment, MetricEvent

CAMPAIGNS = 200
PER_SECOND = 2000
AT_ONCE = 5000
REGIONS = ("US", "DE", "GB", "FR", "IN", "BR", "")
DEVICES: tuple[Device, ...] = ("desktop", "mobile", "tablet", "")


def fill(log: EventLog, count: int) -> None:
    """Of a workspace of its own, so that no run replaces the rows of another."""
    entries = _entries(count)
    while some := list(islice(entries, AT_ONCE)):
        failures = log.produce(METRIC_EVENTS, some, timeout=60)
        if failures:
            raise next(iter(failures.values()))


def _entries(count: int) -> Iterator[Entry]:
    chance = random.Random(count)
    workspace = uuid4()
    campaigns = [uuid4() for _ in range(CAMPAIGNS)]
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=count / PER_SECOND)
    for number in range(count):
        occurred_at = began + timedelta(milliseconds=number * 1000 // PER_SECOND)
        yield entry_of(_event(chance, workspace, chance.choice(campaigns), occurred_at))


def _event(chance: random.Random, workspace: UUID, campaign: UUID, occurred_at: datetime) -> MetricEvent:
    return MetricEvent(
        schema_version=1,
        kind="metric",
        event_id=str(UUID(int=chance.getrandbits(128), version=4)),
        workspace_id=workspace,
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
