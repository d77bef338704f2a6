"""The work list: which buckets have to be recomputed, as views mark them on every raw insert.

Versions are the engine's clock in microseconds, twice over (`warehouse/migrations/0004_marks.sql`): an odd
one is settled. A mark can become visible before its rows and after them, by as long as an insert takes.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from insights.rollups.targets import MINUTE, Target
from warehouse import client
from warehouse.tables import DIRTY_BUCKETS
from warehouse.versions import mark_settled
from warehouse.writer import insert

FEATURE = "marks"
RECOMPUTING = "recompute"

LAST_KEY = 2**63 - 1
_MICROSECONDS = 1_000_000
_1970 = datetime.fromtimestamp(0, UTC)
# A recompute is an insert, too, but marks nothing; nor does what others insert who share the server.
_CLOCK = """
SELECT toUnixTimestamp64Micro(now64(6)), (
    SELECT max(elapsed) FROM system.processes
    WHERE query_kind = 'Insert' AND current_database = currentDatabase()
      AND NOT has(%(unmarking)s, JSONExtractString(Settings['log_comment'], 'feature'))
)
"""
_MARKED = """
SELECT workspace_id, campaign_id, source, bucket, max(version) AS newest,
       bitShiftRight(cityHash64(workspace_id, campaign_id, source, bucket), 1) AS key
FROM dirty_buckets
WHERE version >= %(version)s
GROUP BY workspace_id, campaign_id, source, bucket
HAVING {which} AND newest <= %(until)s AND (newest, key) > (%(version)s, %(key)s)
ORDER BY newest, key
LIMIT %(most)s WITH TIES
"""


class Place(NamedTuple):
    """In the order of the marks: by version, and those of one insert, which have one version, by a key."""

    version: int
    key: int


class Mark(NamedTuple):
    workspace_id: UUID
    campaign_id: UUID
    source: str
    bucket: datetime
    version: int
    key: int

    @property
    def place(self) -> Place:
        return Place(self.version, self.key)

    @property
    def target(self) -> Target:
        """A report's bucket begins whenever the platform says, be it within a minute."""
        minute = self.bucket.replace(second=0, microsecond=0)
        return Target(self.workspace_id, self.campaign_id, self.source, minute, minute + MINUTE)


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


def made_at(version: int) -> datetime:
    """When the insert began that made a mark of this version."""
    return _1970 + timedelta(microseconds=version // 2)


def end_of(version: int) -> Place:
    """Behind every mark of this version."""
    return Place(version, LAST_KEY)


def unsettled(*, after: Place, until: int, most: int) -> list[Mark]:
    """The first of those that come after this place, up to a version. The last one tells where to go on."""
    return _marked("newest %% 2 = 0", after, until, most)


def all_marked(*, after: Place, until: int, most: int) -> list[Mark]:
    """As `unsettled`, and those that are settled as well."""
    return _marked("1", after, until, most)


def _marked(which: str, after: Place, until: int, most: int) -> list[Mark]:
    parameters = {**after._asdict(), "until": until, "most": most}
    rows = client.writer().rows(_MARKED.format(which=which), parameters, feature=FEATURE)
    return [Mark(*row) for row in rows]


def settle(marks: Sequence[Mark]) -> None:
    """Clear these and no later mark of the same bucket. Doing it again changes nothing."""
    columns: dict[str, list[Any]] = {
        name: [getattr(mark, name) for mark in marks]
        for name in ("workspace_id", "campaign_id", "source", "bucket")
    }
    columns["version"] = [mark_settled(mark.version) for mark in marks]
    columns["settled"] = [1] * len(marks)
    insert(DIRTY_BUCKETS, columns, feature=FEATURE)
