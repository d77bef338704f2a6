"""Whole partitions go, however large they are."""

from datetime import UTC, datetime
from uuid import uuid4

from runtime.config import configuration
from warehouse.client import Writer, writer_of
from warehouse.partitions import drop_partition, partitions_of
from warehouse.tables import ROLLUP_MINUTE
from warehouse.writer import insert


def test_a_partition_larger_than_the_server_lets_go_is_dropped() -> None:
    day = datetime(2016, 1, 20, tzinfo=UTC)
    row = {"workspace_id": uuid4(), "campaign_id": uuid4(), "bucket": day, "source": "events", "version": 1}
    insert(ROLLUP_MINUTE, {name: [value] for name, value in row.items()}, feature="test")
    writer = _writer_that_drops_nothing_large()
    assert 20160120 in partitions_of(ROLLUP_MINUTE, reader=writer)
    drop_partition(ROLLUP_MINUTE, 20160120, writer=writer)
    assert 20160120 not in partitions_of(ROLLUP_MINUTE, reader=writer)
    writer.close()


def _writer_that_drops_nothing_large() -> Writer:
    """As a server's own settings have it for 50 GB."""
    writer = writer_of(configuration())
    writer._settings["max_partition_size_to_drop"] = "1"
    return writer
