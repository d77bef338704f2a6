"""Puts a dead letter into a running stack, as its consumer would, and a stop that somebody acknowledged."""

from typing import Any

from tests.e2e.product_shell import run_inside
from tests.running_stack import RealStack

REASON = "Expected `int` >= 0"
_PARK = """
import json, sys
from django.utils import timezone
from ingestion.dead_letters.models import ConsumerStop
from ingestion.dead_letters.parking import Dead, park
order = json.load(sys.stdin)
payload = json.dumps(order.pop("payload")).encode()
park([Dead(topic="metric-events", partition=0, logged_ms=1_795_000_000_000, key=b"", value=payload, **order)])
if not ConsumerStop.objects.exists():
    ConsumerStop.objects.create(why="Too many.", events=1, dead=1, codes={}, acknowledged_at=timezone.now())
"""


def park_one(stack: RealStack, demo: dict[str, Any], position: int) -> None:
    """An event of the demo's first campaign with a count below zero."""
    event = {
        "schema_version": 1,
        "event_id": "<b>e-1</b>",
        "workspace_id": demo["workspace_id"],
        "campaign_id": demo["campaigns"][0]["id"],
        "platform": "google",
        "occurred_at": "2026-11-20T10:15:00Z",
        "received_at": "2026-11-20T10:15:01Z",
        "kind": "metric",
        "payload": {"clicks": -3},
    }
    why = {"code": "min_value", "field": "payload.clicks", "reason": REASON}
    run_inside(stack, _PARK, {"position": position, "payload": event, **why})
