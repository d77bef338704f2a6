"""How fresh the rollups are."""

from datetime import datetime

from insights.models import RecomputedThrough
from warehouse import client

_CONSUMED = """
SELECT nullIf(minOrNull(through), toDateTime64(0, 3, 'UTC'))
FROM (SELECT max(through) AS through FROM log_progress GROUP BY log, log_partition)
"""


def data_through() -> datetime | None:
    """Every event that was logged before is in the rollups. None: not known, nothing was ever consumed."""
    return RecomputedThrough.objects.values_list("data_through", flat=True).first()


def consumed_through() -> datetime | None:
    """Every event that was logged before lies in the raw tables, and is marked.

    The least over the partitions: one whose consumer stands still holds it back. None as long as nothing is
    known of one, or the raw tables have a gap (`ingestion.pipeline.gaps`). Raises WarehouseUnavailable.
    """
    through: datetime | None = client.writer().value(_CONSUMED, feature="progress")
    return through
