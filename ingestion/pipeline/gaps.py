"""Gaps: what the raw tables lost, and a replay is to bring back.

A gap is a row of `log_progress` under the name of its replay. Nothing is claimed of any time while it stands
open; once it is filled it holds nothing back any more, and like every claim of that table it stays.
"""

from collections.abc import Collection

from ingestion.pipeline.writing import FEATURE, insert_rows
from warehouse import client
from warehouse.tables import LOG_PROGRESS

NOTHING_MS = 0
FOREVER_MS = 10_413_791_999_000  # the end of 2299, where the warehouse's times end

_OPEN = """
SELECT log FROM log_progress
WHERE startsWith(log, 'replay-')
GROUP BY log HAVING max(toUnixTimestamp64Milli(through)) = 0
"""


def open_gap(name: str) -> set[str]:
    """From now on nobody says how fresh figures are. Returns all gaps that stand open, those before as well.

    Raises WarehouseUnavailable; may then be repeated.
    """
    _tell({name}, NOTHING_MS)
    return {gap for (gap,) in client.writer().rows(_OPEN, feature=FEATURE)}


def fill_gaps(names: Collection[str]) -> None:
    """All that they stood for lies in the raw tables again. Raises as `open_gap` does."""
    _tell(names, FOREVER_MS)


def _tell(names: Collection[str], through_ms: int) -> None:
    count = len(names)
    insert_rows(
        LOG_PROGRESS,
        {"log": sorted(names), "log_partition": [0] * count, "through": [through_ms] * count},
    )
