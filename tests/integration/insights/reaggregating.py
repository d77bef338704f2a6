"""Campaigns with raw rows, and a look at what stands in their rollups."""

from datetime import UTC, datetime, timedelta
from typing import Any

from campaigns.models import Campaign
from insights import tasks
from tests import people
from tests.integration.warehouse.facts import columns_of, metric_event
from warehouse.client import writer
from warehouse.tables import METRIC_EVENTS
from warehouse.writer import insert

FEATURE = "test"
FIGURES = "source, bucket, platform, region, clicks, spend"


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def campaign_of(who: people.Person, reference: str = "a-1", timezone: str = "UTC") -> Campaign:
    return Campaign.objects.create(
        workspace=who.workspace,
        name="A",
        reference=reference,
        platform="meta",
        currency="EUR",
        timezone=timezone,
    )


def put_events(campaign: Campaign, *moments: datetime, clicks: int = 1) -> None:
    rows = [event_at(campaign, moment, clicks=clicks) for moment in moments]
    insert(METRIC_EVENTS, columns_of(*rows), feature=FEATURE)


def event_at(campaign: Campaign, moment: datetime, **changes: Any) -> dict[str, Any]:
    at_ms = int(moment.timestamp() * 1000)
    fields = {"campaign_id": campaign.id, "received_us": at_ms * 1000 + 1, **changes}
    return metric_event(campaign.workspace_id, f"e-{at_ms}", at_ms=at_ms, **fields)


def days_from(first: datetime, count: int) -> list[datetime]:
    return [first + timedelta(days=number) for number in range(count)]


def figures(campaign: Campaign, level: str = "rollup_day", columns: str = FIGURES) -> list[Any]:
    return asked(campaign, f"SELECT {columns} FROM {level} FINAL WHERE campaign_id = %(id)s ORDER BY ALL")


def asked(campaign: Campaign, sql: str) -> list[Any]:
    return writer().rows(sql, {"id": campaign.id}, feature=FEATURE)


def work(queued: list[str]) -> None:
    """As a worker does, until its queue is empty."""
    while queued:
        tasks.reaggregate(queued.pop(0))


def ask(who: people.Person, campaign: Any, **body: str) -> Any:
    return who.client.post(f"/api/v1/campaigns/{campaign.reference}/reaggregate/", body, format="json")
