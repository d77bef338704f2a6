"""Every raw insert marks what has to be recomputed; only settling clears a mark, and only that mark."""

import itertools
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.integration.warehouse.facts import (
    CAMPAIGN,
    OCCURRED_MS,
    columns_of,
    interaction,
    metric_event,
    snapshot,
    snapshot_slice,
)
from warehouse.client import Writer
from warehouse.tables import (
    DIRTY_BUCKETS,
    INTERACTIONS,
    METRIC_EVENTS,
    SNAPSHOT_SLICES,
    SNAPSHOTS,
    Table,
)
from warehouse.versions import mark_settled
from warehouse.writer import insert

FEATURE = "test"
MINUTE_MS = 60_000


def put(writer: Writer, table: Table, *rows: dict[str, Any]) -> None:
    insert(table, columns_of(*rows), feature=FEATURE, writer=writer)


def marks(writer: Writer, workspace: UUID, columns: str, table: str = "dirty_buckets") -> list[Any]:
    sql = f"SELECT {columns} FROM {table} FINAL WHERE workspace_id = %(workspace)s ORDER BY ALL"
    return writer.rows(sql, {"workspace": workspace}, feature=FEATURE)


def test_an_event_marks_its_minute(writer: Writer, workspace: UUID) -> None:
    put(
        writer,
        METRIC_EVENTS,
        metric_event(workspace),
        metric_event(workspace, "e2"),
        metric_event(workspace, "e3", at_ms=OCCURRED_MS + MINUTE_MS + 59_999, received_us=OCCURRED_MS * 1000),
    )
    assert marks(writer, workspace, "campaign_id, source, bucket") == [
        (CAMPAIGN, "events", datetime(2026, 11, 1, 0, 0, tzinfo=UTC)),
        (CAMPAIGN, "events", datetime(2026, 11, 1, 0, 1, tzinfo=UTC)),
    ]


def test_an_interaction_marks_its_minute_visitor_and_click_ids(writer: Writer, workspace: UUID) -> None:
    put(writer, INTERACTIONS, interaction(workspace, visitor_hash=7, click_ids={"gclid": "x", "fbclid": "y"}))
    assert marks(writer, workspace, "source, bucket") == [("tracked", datetime(2026, 11, 1, tzinfo=UTC))]
    assert marks(writer, workspace, "visitor_hash, day", "dirty_visitors") == [(7, date(2026, 11, 1))]
    assert marks(writer, workspace, "count(), uniq(day)", "dirty_click_ids") == [(2, 1)]


def test_an_interaction_of_nobody_marks_nobody(writer: Writer, workspace: UUID) -> None:
    put(writer, INTERACTIONS, interaction(workspace))
    assert marks(writer, workspace, "day", "dirty_visitors") == []
    assert marks(writer, workspace, "day", "dirty_click_ids") == []


@pytest.mark.parametrize(
    ("table", "row"),
    [(SNAPSHOTS, snapshot), (SNAPSHOT_SLICES, lambda *of: snapshot_slice(*of, "DE"))],
    ids=["the snapshot", "a slice"],
)
def test_a_snapshot_marks_the_instant_at_which_its_bucket_starts(
    writer: Writer, workspace: UUID, table: Table, row: Any
) -> None:
    put(writer, table, row(workspace, 1))
    assert marks(writer, workspace, "source, bucket") == [
        ("day_country", datetime(2026, 10, 31, 23, tzinfo=UTC))
    ]


def test_the_mark_is_no_younger_than_the_insert(writer: Writer, workspace: UUID) -> None:
    before = writer.value("SELECT now64(6)", feature=FEATURE)
    put(writer, METRIC_EVENTS, metric_event(workspace))
    after = writer.value("SELECT now64(6)", feature=FEATURE)
    ((marked_at,),) = marks(writer, workspace, "marked_at")
    assert before.timestamp() <= marked_at.timestamp() <= after.timestamp()


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_settling_clears_its_own_mark_and_no_later_one_in_any_order(
    writer: Writer, workspace: UUID, order: tuple[int, ...]
) -> None:
    mark, later = 1_000_000, 1_000_002
    steps = [(mark, 0), (mark_settled(mark), 1), (later, 0)]
    for position in order:
        put(writer, DIRTY_BUCKETS, mark_row(workspace, *steps[position]))
    assert marks(writer, workspace, "version") == [(later,)]


def test_a_settled_mark_is_gone(writer: Writer, workspace: UUID) -> None:
    put(writer, DIRTY_BUCKETS, mark_row(workspace, mark_settled(10), 1))
    put(writer, DIRTY_BUCKETS, mark_row(workspace, 10, 0))
    assert marks(writer, workspace, "version") == []


def test_an_old_mark_that_nobody_settled_does_not_expire(writer: Writer, workspace: UUID) -> None:
    put(writer, DIRTY_BUCKETS, mark_row(workspace, 10, 0))
    writer.run("OPTIMIZE TABLE dirty_buckets FINAL", feature=FEATURE)
    assert marks(writer, workspace, "version") == [(10,)]


def test_a_settled_mark_is_forgotten_after_a_while(writer: Writer, workspace: UUID) -> None:
    put(writer, DIRTY_BUCKETS, mark_row(workspace, mark_settled(10), 1))
    writer.run(
        "INSERT INTO dirty_buckets (workspace_id, campaign_id, source, bucket, version, settled, written_at)"
        " SELECT workspace_id, campaign_id, 'tracked', bucket, version, settled, now() - INTERVAL 2 DAY"
        " FROM dirty_buckets WHERE workspace_id = %(workspace)s",
        {"workspace": workspace},
        feature=FEATURE,
    )
    writer.run("OPTIMIZE TABLE dirty_buckets FINAL", feature=FEATURE)
    sql = "SELECT source FROM dirty_buckets WHERE workspace_id = %(workspace)s"
    assert writer.rows(sql, {"workspace": workspace}, feature=FEATURE) == [("events",)]


def mark_row(workspace: UUID, version: int, settled: int) -> dict[str, Any]:
    return {
        "workspace_id": workspace,
        "campaign_id": CAMPAIGN,
        "source": "events",
        "bucket": datetime(2026, 11, 1, tzinfo=UTC),
        "version": version,
        "settled": settled,
    }
