"""Gaps: what the raw tables lost, and a replay is to bring back.

A gap is a row of `log_progress` under the name of its replay. Nothing is claimed of any time while it stands
open; once it is filled it holds nothing back any more, and like every claim of that table it stays. The name
says since when its replay brings back what was logged: one that begins later does not fill it.
"""

from collections.abc import Collection
from datetime import datetime

from ingestion.pipeline.writing import FEATURE, insert_rows
from warehouse import client
from warehouse.tables import LOG_PROGRESS

NOTHING_MS = 0
FOREVER_MS = 10_413_791_999_000  # the end of 2299, where the warehouse's times end
_SINCE = "-since-"

_OPEN = """
SELECT log FROM log_progress
WHERE startsWith(log, 'replay-')
GROUP BY log HAVING max(toUnixTimestamp64Milli(through)) = 0
"""


def open_gap(group: str, start: datetime | None) -> set[str]:
    """From now on nobody says how fresh figures are. Returns the gaps that this replay fills.

    They are its own and those that stand open already and begin no earlier, also of a replay that still runs.
    Raises WarehouseUnavailable; may then be repeated.
    """
    since_ms = int(start.timestamp() * 1000) if start else 0
    _tell({f"{group}{_SINCE}{since_ms}"}, NOTHING_MS)
    standing = client.writer().rows(_OPEN, feature=FEATURE)
    return {gap for (gap,) in standing if _begins_ms(gap) >= since_ms}


def fill_gaps(names: Collection[str]) -> None:
    """All that they stood for lies in the raw tables again. Raises as `open_gap` does."""
    _tell(names, FOREVER_MS)


def _begins_ms(gap: str) -> int:
    return int(gap.partition(_SINCE)[2] or 0)


def _tell(names: Collection[str], through_ms: int) -> None:
    count = len(names)
    insert_rows(
        LOG_PROGRESS,
        {"log": sorted(names), "log_partition": [0] * count, "through": [through_ms] * count},
    )
