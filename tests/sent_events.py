"""Bodies as senders write them, and the place and time at which they arrive."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from ingestion.events.envelope import Interaction, MetricEvent
from ingestion.events.making import Place, interaction, metric_event
from ingestion.events.sent import SentMetric, read_sent

NOW = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
PLACE = Place(UUID(int=1), UUID(int=2), "meta", "EUR")
VISITOR_KEY = b"k" * 32


def metric(**fields: Any) -> dict[str, Any]:
    """A metric event; a field given as None is left out."""
    body = {
        "kind": "metric",
        "event_id": "e-1",
        "occurred_at": "2026-11-20T10:15:00Z",
        "campaign_id": "cmp-1",
    }
    return body | {"platform": "google", "clicks": 3} | fields


def click(**fields: Any) -> dict[str, Any]:
    body = {"kind": "click", "campaign_id": "cmp-1", "user_id": "ada@example.org", "source": "newsletter"}
    return body | {"click_id": "c-1", "click_date": "2026-11-20T10:15:00Z"} | fields


def conversion(**fields: Any) -> dict[str, Any]:
    body = {"kind": "conversion", "campaign_id": "cmp-1", "user_id": "ada@example.org", "source": "shop"}
    return body | {"conversion_date": "2026-11-20T10:15:00Z", "type": "purchase", "value": "12.5"} | fields


def accepted(body: dict[str, Any], *, tracking: bool = False, received_at: datetime = NOW) -> Any:
    """The event that stands on the log after this body was sent."""
    sent = read_sent(msgspec.json.encode({name: value for name, value in body.items() if value is not None}))
    if isinstance(sent, SentMetric):
        return metric_event(sent, PLACE, received_at)
    return interaction(sent, PLACE, received_at, VISITOR_KEY, may_derive_id=tracking)


def accepted_metric(**fields: Any) -> MetricEvent:
    event: MetricEvent = accepted(metric(**fields))
    return event


def accepted_click(**fields: Any) -> Interaction:
    event: Interaction = accepted(click(**fields))
    return event
