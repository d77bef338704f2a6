"""The work list: which buckets have to be recomputed, as views mark them on every raw insert.

Versions are the engine's clock in microseconds, twice over (`warehouse/migrations/0004_marks.sql`): an odd
one is settled. A mark can become visible before its rows and after them, by as long as an insert takes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from insights.rollups.targets import MINUTE, Target
from warehouse import client
from warehouse.tables import DIRTY_BUCKETS
from warehouse.versions import mark_settled
from warehouse.writer import insert

FEATURE = "marks"
RECOMPUTING = "recompute"

_MICROSECONDS = 1_000_000
# A recompute is an insert, too, but marks nothing.
_CLOCK = """
SELECT toUnixTimestamp64Micro(now64(6)), (
    SELECT max(elapsed) FROM system.processes
    WHERE query_kind = 'Insert'
      AND NOT has(%(unmarking)s, JSONExtractString(Settings['log_comment'], 'feature'))
)
"""
_UNSETTLED = """
SELECT workspace_id, campaign_id, source, bucket, max(version) AS newest
FROM dirty_buckets
WHERE version > %(after)s
GROUP BY workspace_id, campaign_id, source, bucket
HAVING newest %% 2 = 0 AND newest <= %(until)s
ORDER BY newest
LIMIT %(most)s WITH TIES
"""


class Mark(NamedTuple):
    workspace_id: UUID
    campaign_id: UUID
    source: str
    bucket: datetime
    version: int

    @property
    def target(self) -> Target:
        return Target(self.workspace_id, self.campaign_id, self.source, self.bucket, self.bucket + MINUTE)


class Clock(NamedTuple):
    """The engine's, in microseconds. Every mark that was made before `quiet` can be seen by now."""

    now: int
    quiet: int


def clock() -> Clock:
    now, longest_insert = client.writer().rows(
        _CLOCK, {"unmarking": [RECOMPUTING, FEATURE]}, feature=FEATURE
    )[0]
    return Clock(now, now - round(longest_insert * _MICROSECONDS))


def version_at(microseconds: int) -> int:
    """The last version of a mark that was made no later."""
    return microseconds * 2


def unsettled(*, after: int, until: int, most: int) -> list[Mark]:
    """The oldest of those whose version is greater than `after` and at most `until`.

    More than `most` if one insert made more: its marks have one version and come together, so that the
    version of the last one tells where to go on.
    """
    parameters = {"after": after, "until": until, "most": most}
    return [Mark(*row) for row in client.writer().rows(_UNSETTLED, parameters, feature=FEATURE)]


def settle(marks: Sequence[Mark]) -> None:
    """Clear these and no later mark of the same bucket. Doing it again changes nothing."""
    columns: dict[str, list[Any]] = {
        name: [getattr(mark, name) for mark in marks]
        for name in ("workspace_id", "campaign_id", "source", "bucket")
    }
    columns["version"] = [mark_settled(mark.version) for mark in marks]
    columns["settled"] = [1] * len(marks)
    insert(DIRTY_BUCKETS, columns, feature=FEATURE)
