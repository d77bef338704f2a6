"""Minutes serve for a day and a half; a whole day of them is dropped when it is three days old."""

from datetime import UTC, datetime, timedelta

from warehouse import client
from warehouse.partitions import drop_partition, partitions_of
from warehouse.tables import ROLLUP_MINUTE

KEPT = timedelta(days=3)


def drop_old_minutes() -> None:
    """Raises WarehouseUnavailable; what was dropped stays dropped."""
    kept_from = int((datetime.now(UTC) - KEPT).strftime("%Y%m%d"))
    writer = client.writer()
    for day in partitions_of(ROLLUP_MINUTE, reader=writer):
        if day < kept_from:
            drop_partition(ROLLUP_MINUTE, day, writer=writer)
