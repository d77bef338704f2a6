"""Rows for the raw tables, with everything that a test does not care about filled in."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from warehouse.versions import event_version, snapshot_version

CAMPAIGN = UUID("11111111-1111-4111-8111-111111111111")
OCCURRED_MS = 1_793_491_200_000  # 2026-11-01 00:00 UTC
RECEIVED_US = OCCURRED_MS * 1000 + 1_000_000
BUCKET = datetime(2026, 11, 1, tzinfo=UTC)

Row = dict[str, Any]


def columns_of(*rows: Row) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def metric_event(workspace: UUID, event_id: str = "e1", *, at_ms: int = OCCURRED_MS, **changes: Any) -> Row:
    """`received_us` and `payload_hash` decide which of two deliveries stands."""
    received = changes.pop("received_us", RECEIVED_US)
    version = event_version(at_ms, received, changes.pop("payload_hash", 0))
    row = {
        "workspace_id": workspace,
        "campaign_id": CAMPAIGN,
        "occurred_at": at_ms,
        "event_id_as_sent": event_id,
        "version": version,
        "platform": "meta",
        "clicks": 1,
        "spend": Decimal("0.25"),
    }
    return row | changes


def interaction(workspace: UUID, event_id: str = "e1", *, at_ms: int = OCCURRED_MS, **changes: Any) -> Row:
    row = {
        "workspace_id": workspace,
        "campaign_id": CAMPAIGN,
        "kind": "click",
        "occurred_at": at_ms,
        "event_id_as_sent": event_id,
        "version": event_version(at_ms, changes.pop("received_us", RECEIVED_US), 0),
        "platform": "google",
        "visitor_hash": 0,
        "click_ids": {},
    }
    return row | changes


def snapshot(workspace: UUID, sequence: int, *, snapshot_hash: int = 0, **changes: Any) -> Row:
    row = _reported(workspace, sequence, snapshot_hash) | {
        "timezone": "Europe/Berlin",
        "slices": 1,
        "received_at": datetime(2026, 11, 2, tzinfo=UTC),
    }
    return row | changes


def snapshot_slice(
    workspace: UUID, sequence: int, region: str, *, snapshot_hash: int = 0, **changes: Any
) -> Row:
    return _reported(workspace, sequence, snapshot_hash) | {"region": region, "clicks": 1} | changes


def _reported(workspace: UUID, sequence: int, snapshot_hash: int) -> Row:
    return {
        "workspace_id": workspace,
        "platform": "meta",
        "external_account_id": "act_1",
        "report": "day_country",
        "external_campaign_id": "c1",
        "bucket": BUCKET,
        "version": snapshot_version(sequence, snapshot_hash),
        "campaign_id": CAMPAIGN,
        "starts_at": datetime(2026, 10, 31, 23, tzinfo=UTC),
        "ends_at": datetime(2026, 11, 1, 23, tzinfo=UTC),
    }
