"""How fresh the rollups are."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from insights.models import RecomputedThrough, SetAside
from warehouse import client

# A gap that was filled (`ingestion.pipeline.gaps`) stands at the end of time and is no partition's claim.
_CONSUMED = """
SELECT nullIf(minOrNull(told), toDateTime64(0, 3, 'UTC'))
FROM (
    SELECT max(through) AS told FROM log_progress GROUP BY log, log_partition
    HAVING told < toDateTime64('2299-12-31 00:00:00', 3, 'UTC')
)
"""


def data_through() -> datetime | None:
    """Every event that was logged before is in the rollups, but for what stands aside.

    None: not known; nothing was ever consumed, or the raw tables have a gap.
    """
    return RecomputedThrough.objects.values_list("data_through", flat=True).first()


def data_through_of(campaign_ids: Collection[UUID]) -> datetime | None:
    """Every event of these campaigns that was logged before is in the rollups."""
    through = data_through()  # read first: what was passed over to get there stands aside already
    aside = SetAside.objects.filter(campaign_id__in=campaign_ids).exclude(source=SetAside.DAYS)
    said = [through, *aside.values_list("data_through", flat=True)]
    known = [each for each in said if each is not None]
    return min(known) if len(known) == len(said) else None


def consumed_through() -> datetime | None:
    """Every event that was logged before lies in the raw tables, and is marked.

    The least over the partitions: one whose consumer stands still holds it back. None as long as nothing is
    known of one, or the raw tables have a gap (`ingestion.pipeline.gaps`). Raises WarehouseUnavailable.
    """
    through: datetime | None = client.writer().value(_CONSUMED, feature="progress")
    return through
