"""Puts facts into the raw tables. Twice is once: rows of one identity replace themselves."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ingestion.pipeline.facts import Decoded
from ingestion.pipeline.rows import Columns, interaction_rows, metric_rows, slice_rows, snapshot_rows
from runtime.fault_points import FaultPoint, reached
from runtime.telemetry.metrics import Metric, count, observe
from warehouse.tables import INTERACTIONS, METRIC_EVENTS, SNAPSHOT_SLICES, SNAPSHOTS, Table
from warehouse.writer import insert

FEATURE = "consumer"

Insert = Callable[[Table, Mapping[str, Sequence[Any]]], None]


def insert_rows(table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Raises WarehouseUnavailable: then some of the rows may be there."""
    began = time.perf_counter()
    rows = insert(table, columns, feature=FEATURE)
    observe(Metric.CONSUMER_INSERT_SECONDS, time.perf_counter() - began, table=table.name)
    count(Metric.CONSUMER_ROWS, rows, table=table.name)


def write(decoded: Decoded, put: Insert = insert_rows) -> None:
    """Until the snapshot itself is there its slices do not count, so they come first."""
    for table, columns in _inserts(decoded):
        put(table, columns)
        reached(FaultPoint.CONSUMER_PARTLY_INSERTED)


def _inserts(decoded: Decoded) -> list[tuple[Table, Columns]]:
    inserts = []
    if decoded.metric_events.events:
        inserts.append((METRIC_EVENTS, metric_rows(decoded.metric_events)))
    if decoded.interactions.events:
        inserts.append((INTERACTIONS, interaction_rows(decoded.interactions)))
    if decoded.snapshots:
        inserts += [
            (SNAPSHOT_SLICES, slice_rows(decoded.snapshots)),
            (SNAPSHOTS, snapshot_rows(decoded.snapshots)),
        ]
    return inserts
