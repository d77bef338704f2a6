"""A campaign of its own for every test, and raw rows for it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from campaigns.models import Campaign
from insights import tasks
from insights.reaggregation import services
from insights.rollups.targets import Target
from insights.rollups.tick import tick
from runtime.config import configuration
from tests.integration.insights.raw import Raw
from tests.people import new_workspace
from warehouse import client
from warehouse.client import Writer
from warehouse.tables import DIRTY_BUCKETS


@pytest.fixture
def writer() -> Iterator[Writer]:
    return client.writer()


@pytest.fixture
def campaign(transactional_db: None) -> Campaign:
    """Its days are 23 and 25 hours long now and then."""
    return new_campaign("Europe/Berlin")


@pytest.fixture
def raw(writer: Writer, campaign: Campaign) -> Raw:
    return Raw(writer, campaign.workspace_id, campaign.id)


def new_campaign(zone: str) -> Campaign:
    workspace = new_workspace()
    return Campaign.objects.create(
        workspace=workspace, name="Spring", reference="cmp-1", platform="meta", currency="EUR", timezone=zone
    )


@pytest.fixture
def today() -> datetime:
    """A few hours ago, at the start of an hour: young enough for the minutes to serve."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=6)


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Change what aggregation is configured with."""

    def change(**changes: int) -> None:
        whole = configuration()
        changed = structs.replace(whole, aggregation=structs.replace(whole.aggregation, **changes))
        for module in ("turn", "tick", "recompute"):
            monkeypatch.setattr(f"insights.rollups.{module}.configuration", lambda: changed)

    change(margin_seconds=0)
    return change


@pytest.fixture
def unmarked(transactional_db: None, writer: Writer, options: Any) -> None:
    """Without what other tests left marked. The tick begins the line from which on marks are looked for."""
    writer.run(f"TRUNCATE TABLE {DIRTY_BUCKETS.name}", feature="test")
    tick()


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was handed to the workers."""
    found: list[str] = []
    monkeypatch.setattr(tasks.reaggregate, "delay", found.append)
    return found


@pytest.fixture
def recomputed(monkeypatch: pytest.MonkeyPatch) -> list[Target]:
    """What would be recomputed, instead of doing it."""
    found: list[Target] = []
    monkeypatch.setattr(services, "recompute", found.extend)
    monkeypatch.setattr(services, "raise_or_remember", lambda _: None)
    return found
