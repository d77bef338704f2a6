"""Metric events and interactions: one row a fact, whatever is delivered, how often and in which order."""

import itertools
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.integration.warehouse.facts import OCCURRED_MS, RECEIVED_US, columns_of, interaction, metric_event
from warehouse.client import Writer
from warehouse.errors import WarehouseRefused
from warehouse.tables import INTERACTIONS, METRIC_EVENTS, Table
from warehouse.writer import insert

FEATURE = "test"


def put(writer: Writer, table: Table, *rows: dict[str, Any]) -> None:
    assert insert(table, columns_of(*rows), feature=FEATURE, writer=writer) == len(rows)


def ask(writer: Writer, columns: str, table: str, workspace: UUID) -> list[tuple[Any, ...]]:
    sql = f"SELECT {columns} FROM {table} FINAL WHERE workspace_id = %(workspace)s ORDER BY ALL"
    return writer.rows(sql, {"workspace": workspace}, feature=FEATURE)


def test_an_event_reads_back_as_it_was_sent(writer: Writer, workspace: UUID) -> None:
    put(writer, METRIC_EVENTS, metric_event(workspace, region="DE", currency="EUR", revenue=None))
    assert ask(
        writer, "region, clicks, impressions, spend, revenue, currency", "metric_events", workspace
    ) == [("DE", 1, None, Decimal("0.25"), None, "EUR")]


@pytest.mark.parametrize(
    "event_id",
    [
        "0190f7a2-5d3c-7b1e-9c4d-1f2e3d4c5b6a",
        "0190F7A2-5D3C-7B1E-9C4D-1F2E3D4C5B6A",
        "0190f7a25d3c7b1e9c4d1f2e3d4c5b6a",
        "00000000-0000-0000-0000-000000000000",
        "order 4711 – Größe",
        "x" * 128,
    ],
)
def test_an_id_reads_back_to_the_letter(writer: Writer, workspace: UUID, event_id: str) -> None:
    put(writer, METRIC_EVENTS, metric_event(workspace, event_id))
    put(writer, INTERACTIONS, interaction(workspace, event_id))
    assert ask(writer, "event_id", "metric_events", workspace) == [(event_id,)]
    assert ask(writer, "event_id", "interactions", workspace) == [(event_id,)]


def test_an_event_without_an_id_is_refused_whole(writer: Writer, workspace: UUID) -> None:
    with pytest.raises(WarehouseRefused, match="event_has_an_id"):
        put(writer, METRIC_EVENTS, metric_event(workspace, "e1"), metric_event(workspace, ""))
    assert ask(writer, "event_id", "metric_events", workspace) == []
    assert ask(writer, "bucket", "dirty_buckets", workspace) == []


def test_the_time_of_receipt_can_be_asked_for(writer: Writer, workspace: UUID) -> None:
    put(writer, METRIC_EVENTS, metric_event(workspace, received_us=RECEIVED_US + 7))
    assert ask(writer, "toUnixTimestamp64Micro(received_at)", "metric_events", workspace) == [
        (RECEIVED_US + 7,)
    ]


def test_a_fact_that_is_delivered_again_and_again_is_one_row(writer: Writer, workspace: UUID) -> None:
    for _ in range(3):
        put(writer, METRIC_EVENTS, metric_event(workspace), metric_event(workspace))
    assert ask(writer, "count()", "metric_events", workspace) == [(1,)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_what_was_received_last_stands_in_any_order_of_arrival(
    writer: Writer, workspace: UUID, order: tuple[int, ...]
) -> None:
    deliveries = [
        metric_event(workspace, clicks=clicks, received_us=RECEIVED_US + clicks) for clicks in range(3)
    ]
    for position in order:
        put(writer, METRIC_EVENTS, deliveries[position])
    assert ask(writer, "clicks", "metric_events", workspace) == [(2,)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_received_at_once_the_same_stands_in_any_order(
    writer: Writer, workspace: UUID, order: tuple[int, ...]
) -> None:
    deliveries = [metric_event(workspace, clicks=clicks, payload_hash=9 - clicks) for clicks in range(2)]
    for position in order:
        put(writer, METRIC_EVENTS, deliveries[position])
    assert ask(writer, "clicks", "metric_events", workspace) == [(0,)]


def test_a_merge_decides_as_a_question_does(writer: Writer, workspace: UUID) -> None:
    for clicks in (5, 9, 7):
        put(
            writer,
            METRIC_EVENTS,
            metric_event(workspace, clicks=clicks, received_us=RECEIVED_US + clicks),
        )
    writer.run("OPTIMIZE TABLE metric_events FINAL", feature=FEATURE)
    sql = "SELECT clicks FROM metric_events WHERE workspace_id = %(workspace)s"
    assert writer.rows(sql, {"workspace": workspace}, feature=FEATURE) == [(9,)]


def test_kinds_times_and_ids_tell_interactions_apart(writer: Writer, workspace: UUID) -> None:
    put(
        writer,
        INTERACTIONS,
        interaction(workspace),
        interaction(workspace, kind="conversion"),
        interaction(workspace, at_ms=OCCURRED_MS + 1, received_us=RECEIVED_US),
        interaction(workspace, "e2"),
    )
    assert ask(writer, "count()", "interactions", workspace) == [(4,)]


def test_a_visitor_leads_to_its_interactions(writer: Writer, workspace: UUID) -> None:
    visitor = 2**127 + 3
    put(
        writer,
        INTERACTIONS,
        interaction(workspace, "click", visitor_hash=visitor),
        interaction(workspace, "unknown"),
    )
    assert ask(writer, "visitor_hash, event_id, platform", "interactions_by_visitor", workspace) == [
        (visitor, "click", "google")
    ]


def test_each_click_id_leads_to_its_interaction(writer: Writer, workspace: UUID) -> None:
    click_ids = {"gclid": "Cj0KCQ", "fbclid": "IwAR1"}
    put(
        writer,
        INTERACTIONS,
        interaction(workspace, "click", click_ids=click_ids),
        interaction(workspace, "none"),
    )
    hashed = "reinterpretAsUInt128(sipHash128('gclid', 'Cj0KCQ'))"
    assert ask(writer, "count(), uniq(event_id)", "interactions_by_click_id", workspace) == [(2, 1)]
    assert ask(writer, f"countIf(click_id_hash = {hashed})", "interactions_by_click_id", workspace) == [(1,)]


def test_a_redelivered_interaction_is_found_once(writer: Writer, workspace: UUID) -> None:
    for _ in range(2):
        put(writer, INTERACTIONS, interaction(workspace, visitor_hash=7, click_ids={"gclid": "x"}))
    assert ask(writer, "count()", "interactions_by_visitor", workspace) == [(1,)]
    assert ask(writer, "count()", "interactions_by_click_id", workspace) == [(1,)]
