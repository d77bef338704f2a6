"""Rows of the rollups, put there by hand, and questions about them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from campaigns.models import Campaign
from insights.sources import EVENTS, TRACKED
from tests.people import Person
from warehouse.tables import LAST_RECEIVED, ROLLUP_15MIN, ROLLUP_DAY, Table
from warehouse.writer import insert

EMPTY = {"region": "", "device": "", "currency": "EUR"}
UNTOLD = dict.fromkeys(("impressions", "clicks", "conversions", "spend", "revenue"))


def campaign_of(who: Person, **fields: Any) -> Campaign:
    given = {
        "name": "A",
        "reference": "a-1",
        "platform": "meta",
        "currency": "EUR",
        "timezone": "UTC",
    } | fields
    return Campaign.objects.create(workspace=who.workspace, **given)


def quarter_hour(campaign: Campaign, at: datetime, **fields: Any) -> dict[str, Any]:
    """A row of rollup_15min; metric events unless `source` says otherwise."""
    return _row(campaign, bucket=at.astimezone(UTC), **fields)


def account_day(campaign: Campaign, day: date, timezone: str = "UTC", **fields: Any) -> dict[str, Any]:
    """A row of rollup_day that a platform's daily report told."""
    return _row(campaign, bucket=day, timezone=timezone, **{"source": "day"} | fields)


def _row(campaign: Campaign, **fields: Any) -> dict[str, Any]:
    key = {"workspace_id": campaign.workspace_id, "campaign_id": campaign.id, "source": "events"}
    return key | {"platform": "meta"} | EMPTY | UNTOLD | {"version": 1, "is_deleted": 0} | fields


def put(*rows: dict[str, Any], table: Table = ROLLUP_15MIN) -> None:
    insert(table, _columns(rows), feature="test")
    word_left = [_received(row) for row in rows if row["source"] not in (EVENTS, TRACKED)]
    if word_left:
        insert(LAST_RECEIVED, _columns(word_left), feature="test")


def _received(row: dict[str, Any]) -> dict[str, Any]:
    """What a report left word of, long before."""
    whose = {name: row[name] for name in ("workspace_id", "campaign_id", "source")}
    return whose | {"received_at": datetime(2025, 1, 1, tzinfo=UTC)}


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def put_days(*rows: dict[str, Any]) -> None:
    put(*rows, table=ROLLUP_DAY)


def asked(who: Person, campaign: Campaign, **parameters: Any) -> dict[str, Any]:
    response = who.client.get(f"/api/v1/campaigns/{campaign.id}/insights", parameters)
    assert response.status_code == 200, response.content
    return dict(response.json())


def codes(body: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in body["warnings"]]


def column(rows: Iterable[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]
