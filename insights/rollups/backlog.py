"""How much aggregation has before it, for whoever watches the metrics.

What asks the warehouse raises WarehouseUnavailable.
"""

from typing import NamedTuple

from insights.models import RecomputedThrough, SetAside
from runtime.config import configuration
from warehouse import client

# What stands aside was passed over and is not among them.
_LEFT = """
WITH toUInt64(toUnixTimestamp64Micro(now64(6))) AS now
SELECT count(), if(count() = 0, 0, now - intDiv(min(newest), 2)) / 1000000
FROM (
    SELECT max(version) AS newest
    FROM dirty_buckets
    WHERE version > %(after)s
    GROUP BY workspace_id, campaign_id, source, bucket
    HAVING newest %% 2 = 0 AND newest <= (now - %(younger)s * 1000000) * 2
)
"""


class Left(NamedTuple):
    """How many marks there are, and the age of the oldest in seconds, 0 if there is none."""

    marks: int
    oldest: float


def pending() -> Left:
    """Not recomputed yet; among them those so young that they are recomputed once more."""
    return _left("marks", 0)


def settle_backlog() -> int:
    """Old enough to be settled, and not settled yet."""
    return _left("settled", configuration().aggregation.settle_seconds).marks


def targets_set_aside() -> int:
    return SetAside.objects.count()


def _left(reached: str, younger: int) -> Left:
    after = RecomputedThrough.objects.values_list(reached, flat=True).first() or 0
    (found,) = client.reader().rows(_LEFT, {"after": after, "younger": younger}, feature="backlog")
    return Left(*found)
