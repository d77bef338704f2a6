"""The server dies between inserts and in mid-insert: a batch is acknowledged, or raised and sent again."""

import threading
import time
from collections.abc import Iterator
from uuid import UUID

import pytest

from runtime.options import Options
from tests.contract.clickhouse.running import RunningServer
from tests.integration.warehouse.facts import columns_of, metric_event
from warehouse.client import Writer, writer_of
from warehouse.errors import WarehouseUnavailable
from warehouse.tables import METRIC_EVENTS
from warehouse.writer import insert

FEATURE = "test"
ROWS = 20_000
KILLS = 8
WITHIN = 60.0


@pytest.fixture
def own_writer(own_options: Options) -> Iterator[Writer]:
    writer = writer_of(own_options)
    yield writer
    writer.close()


def batch(workspace: UUID, first: int, count: int) -> dict[str, list[object]]:
    """Many rows cheaply: only their ids differ."""
    columns = columns_of(metric_event(workspace))
    return {name: values * count for name, values in columns.items()} | {
        "event_id_as_sent": [f"event {number}" for number in range(first, first + count)]
    }


def test_the_next_insert_after_a_restart_lands(
    own_server: RunningServer, own_writer: Writer, workspace: UUID
) -> None:
    insert(METRIC_EVENTS, batch(workspace, 0, 1), feature=FEATURE, writer=own_writer)
    own_server.kill()
    own_server.start()
    insert(METRIC_EVENTS, batch(workspace, 1, 1), feature=FEATURE, writer=own_writer)
    assert own_writer.value("SELECT count() FROM metric_events", feature=FEATURE) == 2


def test_while_the_server_is_down_an_insert_is_raised_and_a_later_one_lands(
    own_server: RunningServer, own_writer: Writer, workspace: UUID
) -> None:
    own_server.kill()
    for _ in range(3):
        with pytest.raises(WarehouseUnavailable, match="cannot be reached"):
            insert(METRIC_EVENTS, batch(workspace, 0, 1), feature=FEATURE, writer=own_writer)
    own_server.start()
    insert(METRIC_EVENTS, batch(workspace, 0, 1), feature=FEATURE, writer=own_writer)
    assert own_writer.value("SELECT count() FROM metric_events", feature=FEATURE) == 1


def test_killed_again_and_again_in_mid_insert_it_loses_and_doubles_nothing(
    own_server: RunningServer, own_writer: Writer, workspace: UUID
) -> None:
    refused = 0
    for number in range(KILLS):
        killer = threading.Timer(0.02 * (number + 1), own_server.kill)
        killer.start()
        sent = batch(workspace, number * ROWS, ROWS)
        try:
            insert(METRIC_EVENTS, sent, feature=FEATURE, writer=own_writer)
        except WarehouseUnavailable:
            refused += 1
        killer.join()
        own_server.start()
        _insist(own_writer, sent)
    assert refused, "no kill came in mid-insert: nothing was tested"
    sql = "SELECT count(), uniqExact(event_id) FROM metric_events FINAL"
    assert own_writer.rows(sql, feature=FEATURE) == [(KILLS * ROWS, KILLS * ROWS)]
    assert own_writer.value("SELECT count() FROM dirty_buckets FINAL", feature=FEATURE) == 1


def _insist(writer: Writer, columns: dict[str, list[object]]) -> None:
    """As the consumer does: the same rows until they are acknowledged."""
    deadline = time.monotonic() + WITHIN
    while True:
        try:
            assert insert(METRIC_EVENTS, columns, feature=FEATURE, writer=writer) == ROWS
        except WarehouseUnavailable:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return
