"""Events as they stand on the log, numbered, and what the raw tables must hold of them."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import structs

from ingestion.events.envelope import Event, Interaction, MetricEvent, Report, Slice, Snapshot
from ingestion.events.identity import Identity, identity_of, snapshot_event_id, version_of
from tests.sent_events import accepted_click, accepted_metric

BEGAN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LOGGED_MS = int((BEGAN + timedelta(days=1)).timestamp() * 1000)
DAY = date(2026, 11, 19)
DAY_BEGAN = datetime(2026, 11, 18, 23, tzinfo=UTC)  # in Berlin


def campaign(number: int) -> UUID:
    return UUID(int=100 + number % 16)


def metric(workspace: UUID, number: int, **changes: Any) -> MetricEvent:
    event = accepted_metric(clicks=number, spend=f"{number}.25", region="DE", event_id=f"m-{number}")
    return structs.replace(event, **_placed(workspace, number) | changes)


def click(workspace: UUID, number: int, **changes: Any) -> Interaction:
    event = accepted_click(click_id=f"c-{number}", gclid=f"g-{number}", user_id=f"visitor {number}")
    return structs.replace(event, **_placed(workspace, number) | changes)


def snapshot(workspace: UUID, sequence: int, **clicks: int) -> Snapshot:
    """Of one campaign and day; its slices are regions."""
    report = Report(
        account_id="act_1",
        external_campaign_id="238",
        report="day_country",
        day=DAY,
        timezone="Europe/Berlin",
        sequence=sequence,
        slices=tuple(Slice(region=region, clicks=count) for region, count in clicks.items()),
    )
    return Snapshot(
        schema_version=1,
        kind="snapshot",
        event_id=snapshot_event_id("meta", report, DAY_BEGAN),
        workspace_id=workspace,
        campaign_id=campaign(0),
        platform="meta",
        occurred_at=DAY_BEGAN,
        received_at=BEGAN + timedelta(seconds=sequence % 3600),
        payload=report,
    )


def mixture(workspace: UUID, count: int, first: int = 0) -> list[Event]:
    """So many metric events, half as many clicks, and a snapshot."""
    numbers = range(first, first + count)
    return [
        *(metric(workspace, number) for number in numbers),
        *(click(workspace, number) for number in numbers[::2]),
        snapshot(workspace, 1 + first, DE=1 + first, FR=2),
    ]


METRIC_COLUMNS = "campaign_id, event_id, clicks, spend, received_at"
CLICK_COLUMNS = "campaign_id, event_id, visitor_hash, click_ids['gclid'], received_at"


def metric_rows(events: Iterable[Event]) -> "Counter[tuple[Any, ...]]":
    """What METRIC_COLUMNS must be."""
    return Counter(
        (event.campaign_id, event.event_id, event.payload.clicks, event.payload.spend, event.received_at)
        for event in _standing(event for event in events if isinstance(event, MetricEvent))
    )


def click_rows(events: Iterable[Event]) -> "Counter[tuple[Any, ...]]":
    """What CLICK_COLUMNS must be."""
    return Counter(
        (
            event.campaign_id,
            event.event_id,
            int(event.payload.visitor, 16),
            event.payload.gclid,
            event.received_at,
        )
        for event in _standing(event for event in events if isinstance(event, Interaction))
    )


def _placed(workspace: UUID, number: int) -> dict[str, Any]:
    return {
        "workspace_id": workspace,
        "campaign_id": campaign(number),
        "occurred_at": BEGAN + timedelta(milliseconds=number),
    }


def _standing(events: Iterable[Any]) -> Iterable[Any]:
    """Of each identity what was received last."""
    newest: dict[Identity, Any] = {}
    for event in events:
        known = newest.get(identity_of(event))
        if known is None or version_of(event) > version_of(known):
            newest[identity_of(event)] = event
    return newest.values()
