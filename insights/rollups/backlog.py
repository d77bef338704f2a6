"""How much aggregation has before it, for whoever watches the metrics. Each raises WarehouseUnavailable."""

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


def marks_pending() -> float:
    """Not recomputed yet; among them those so young that they are recomputed once more."""
    return _pending()[0]


def oldest_mark_seconds() -> float:
    """The age of the oldest of these, 0 if there is none."""
    return _pending()[1]


def settle_backlog() -> float:
    """Old enough to be settled, and not settled yet."""
    return _left("settled", configuration().aggregation.settle_seconds)[0]


def targets_set_aside() -> float:
    return SetAside.objects.count()


def _pending() -> tuple[float, float]:
    return _left("marks", 0)


def _left(reached: str, younger: int) -> tuple[float, float]:
    after = RecomputedThrough.objects.values_list(reached, flat=True).first() or 0
    ((found, oldest),) = client.reader().rows(_LEFT, {"after": after, "younger": younger}, feature="backlog")
    return found, oldest
