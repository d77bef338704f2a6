"""From which day on a workspace's raw facts are kept.

The raw floor only ever rises, a month at a time and in three steps, so that nothing accepted is lost and no
figure that stands is recomputed from rows that are gone (docs/adr/0018-the-raw-floor.md):

1. `raw_floor`: older facts are refused at the edge, and nobody may ask for a recompute below it.
2. `sealed_before`: all that was accepted before has been brought into the figures, which are final from here.
3. The raw rows below it are dropped.
"""

from datetime import UTC, date, datetime

from runtime.config import configuration

EARLIEST = date(1970, 1, 1)  # where the warehouse's times begin


def floor_for(months: int, today: date) -> date:
    """The first of the oldest month that is kept whole."""
    kept_from = today.year * 12 + today.month - 1 - months
    year, month = divmod(max(kept_from, EARLIEST.year * 12), 12)
    return date(year, month + 1, 1)


def first_floor() -> date:
    """Of a new workspace: it has no facts yet, so all below is sealed from the start."""
    return floor_for(configuration().retention.raw_months, datetime.now(UTC).date())
