"""Marks of a campaign as a test wants them."""

from typing import Any

from insights.models import RecomputedThrough
from insights.rollups.tick import tick
from runtime.config import configuration
from tests.integration.insights.raw import Raw
from warehouse.tables import DIRTY_BUCKETS
from warehouse.writer import insert

SECOND = 2_000_000  # of a mark's version


def unsettled(raw: Raw) -> list[tuple[Any, ...]]:
    sql = "SELECT source, bucket, version FROM dirty_buckets FINAL"
    return raw.writer.rows(
        f"{sql} WHERE workspace_id = %(workspace)s ORDER BY ALL",
        {"workspace": raw.workspace_id},
        feature="test",
    )


def age_marks(raw: Raw, seconds: int) -> None:
    """As if they had been made so long ago."""
    rows = unsettled(raw)
    forget_marks(raw)
    put_marks(raw, [(source, bucket, version - seconds * SECOND) for source, bucket, version in rows])
    RecomputedThrough.objects.update(settled=0)


def put_marks(raw: Raw, rows: list[tuple[Any, ...]]) -> None:
    columns = {
        "workspace_id": [raw.workspace_id] * len(rows),
        "campaign_id": [raw.campaign_id] * len(rows),
        "source": [row[0] for row in rows],
        "bucket": [row[1] for row in rows],
        "version": [row[2] for row in rows],
    }
    insert(DIRTY_BUCKETS, columns, feature="test", writer=raw.writer)


def forget_marks(raw: Raw) -> None:
    raw.writer.run(
        "DELETE FROM dirty_buckets WHERE workspace_id = %(workspace)s SETTINGS lightweight_deletes_sync = 2",
        {"workspace": raw.workspace_id},
        feature="test",
    )


def settle_everything(raw: Raw) -> None:
    """As if the time that settling waits were over."""
    age_marks(raw, configuration().aggregation.settle_seconds + 1)
    tick()
    assert unsettled(raw) == []
