"""How far the log is in the rollups."""

from datetime import datetime

from warehouse.client import reader


def data_through() -> datetime | None:
    """Every event that was logged before it is in the rollups; None as long as nothing was consumed."""
    sql = """
SELECT min(through) FROM (
    SELECT max(through) AS through FROM log_progress GROUP BY log, log_partition
)
HAVING count() > 0"""
    found = reader().rows(sql, feature="progress")
    return found[0][0] if found else None
