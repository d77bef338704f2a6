"""How fresh the rollups are."""

from datetime import datetime

from insights.models import RecomputedThrough
from warehouse import client

_THROUGH = """
SELECT minOrNull(through) FROM (
    SELECT argMax(through, written_at) AS through
    FROM log_progress
    WHERE written_at <= fromUnixTimestamp64Micro(%(seen_at)s)
    GROUP BY log, log_partition
)
"""


def data_through() -> datetime | None:
    """Every event that was logged before is in the rollups. None: not known, nothing was consumed for a day.

    The least over the partitions of what was in the raw tables when the marks were last worked off: a
    partition whose consumer stands still holds it back. Raises WarehouseUnavailable.
    """
    progress = RecomputedThrough.objects.filter(id=RecomputedThrough.ONLY).first()
    if progress is None:
        return None
    found: datetime | None = client.reader().value(
        _THROUGH, {"seen_at": progress.seen_at}, feature="data_through"
    )
    return found
