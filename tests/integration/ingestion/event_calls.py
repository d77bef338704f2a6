"""How these tests send events, and how they look at what is on the log then."""

import gzip
import json
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import structs
from rest_framework.test import APIClient

from accounts.models import Workspace
from campaigns.models import Campaign
from ingestion.eventlog.base import Batch, EventLog
from ingestion.eventlog.opening import open_log
from ingestion.eventlog.topics import INTERACTIONS, METRIC_EVENTS
from ingestion.events.coding import read_interaction, read_metric_event
from runtime.config import configuration
from tests.contract.eventlog.reading import at_last, read_into

EVENTS = "/api/v1/events/"
READERS = {METRIC_EVENTS: read_metric_event, INTERACTIONS: read_interaction}
RECENTLY = datetime.now(UTC).replace(microsecond=250_000) - timedelta(hours=1)


def new_log(**server: Any) -> EventLog:
    """A log that no other test writes to; on the suite's own server unless another is named."""
    options = configuration()
    topics = structs.replace(options.topics, prefix=f"test-{uuid.uuid4().hex[:8]}")
    redis_log = structs.replace(options.redis_log, **server)
    return open_log(structs.replace(options, topics=topics, redis_log=redis_log))


def on_the_log(log: EventLog) -> list[Any]:
    """Every event that stands there, in its topic's and partition's order."""
    group = f"look-{uuid.uuid4().hex}"
    consumer = log.consumer(group, READERS)
    everything = Batch([], [])

    def is_through() -> bool:
        read_into(everything, consumer, 10_000)
        consumer.commit(everything.receipts)
        return not any(log.lag(group, READERS).values())

    with closing(consumer):
        at_last(is_through)
    return [READERS[record.partition.topic](record.value) for record in everything.records]


def campaign_of(workspace: Workspace, **fields: Any) -> Campaign:
    own: dict[str, Any] = {"name": "A", "reference": "cmp-1", "platform": "meta", "timezone": "UTC"}
    return Campaign.objects.create(workspace=workspace, **{**own, "currency": "EUR", **fields})


def metric(event_id: str = "e-1", **fields: Any) -> dict[str, Any]:
    own = {"kind": "metric", "event_id": event_id, "occurred_at": RECENTLY.isoformat()}
    return own | {"campaign_id": "cmp-1", "platform": "meta", "clicks": 3} | fields


def click(click_id: str = "c-1", **fields: Any) -> dict[str, Any]:
    own = {"kind": "click", "campaign_id": "cmp-1", "user_id": "ada", "source": "newsletter"}
    return own | {"click_id": click_id, "click_date": RECENTLY.isoformat()} | fields


def send(client: APIClient, body: Any, **headers: str) -> Any:
    """As JSON; bytes are sent as they are."""
    return post(client, body if isinstance(body, bytes) else json.dumps(body).encode(), **headers)


def send_lines(client: APIClient, *lines: bytes | dict[str, Any], **headers: str) -> Any:
    encoded = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    return post(client, b"\n".join(encoded), "application/x-ndjson", **headers)


def send_packed(client: APIClient, body: bytes, content_type: str = "application/json") -> Any:
    return post(client, body, content_type, **{"Content-Encoding": "gzip"})


def packed(body: Any) -> bytes:
    return gzip.compress(json.dumps(body).encode())


def post(client: APIClient, body: bytes, content_type: str = "application/json", **headers: str) -> Any:
    return client.generic("POST", EVENTS, body, content_type, headers=headers)
