"""The work list: which buckets have to be recomputed, as views mark them on every raw insert.

Versions are the engine's clock in microseconds, twice over (`warehouse/migrations/0004_marks.sql`): an odd
one is settled. A mark can become visible before its rows and after them, by as long as an insert takes.
"""

import time
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
WHERE version >= %(version)s AND version <= %(last)s
GROUP BY workspace_id, campaign_id, source, bucket
HAVING {which} AND newest <= %(until)s AND (newest, key) > (%(version)s, %(key)s)
ORDER BY newest, key
LIMIT %(most)s WITH TIES
"""
FOREVER = 2**64 - 1
# Rows that are looked through in one statement, where it begins long ago; whatever more there are come later.
MANY_ROWS = 1_000_000
LONG_AGO_SECONDS = 600
_SHARES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
_ROWS = f"""
SELECT count(), quantiles({", ".join(map(str, _SHARES))})(version)
FROM dirty_buckets
WHERE version >= %(version)s
"""


class Place(NamedTuple):
    """In the order of the marks: by version, and those of one insert, which have one version, by a key."""

    version: int
    key: int

    @property
    def whole_version(self) -> int:
        """The last one of which nothing lies behind this place."""
        return self.version if self.key == LAST_KEY else self.version - 1


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


class Found(NamedTuple):
    """Marks in their order, and where to go on if there may be more."""

    marks: list[Mark]
    cut: Place | None


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


def unsettled(*, after: Place, until: int, most: int) -> Found:
    """The first of those that come after this place, up to a version."""
    return _marked("newest %% 2 = 0", after, until, most)


def all_marked(*, after: Place, until: int, most: int) -> Found:
    """As `unsettled`, and those that are settled as well."""
    return _marked("1", after, until, most)


def _marked(which: str, after: Place, until: int, most: int) -> Found:
    last = _last_looked_at(after)
    parameters = {**after._asdict(), "until": until, "most": most, "last": last}
    rows = client.writer().rows(_MARKED.format(which=which), parameters, feature=FEATURE)
    found = [Mark(*row) for row in rows]
    if len(found) >= most:
        return Found(found, found[-1].place)
    return Found(found, end_of(last) if last < until else None)


def _last_looked_at(after: Place) -> int:
    """The version up to which there are about MANY_ROWS; of one that is settled, its settling as well.

    A mark that was made again beyond it is found twice, and nothing is amiss.
    """
    if after.version > version_at(int((time.time() - LONG_AGO_SECONDS) * _MICROSECONDS)):
        return FOREVER
    rows, versions = client.writer().rows(_ROWS, {"version": after.version}, feature=FEATURE)[0]
    if rows <= MANY_ROWS:
        return FOREVER
    few_enough = [
        version for share, version in zip(_SHARES, versions, strict=True) if share * rows <= MANY_ROWS
    ]
    return mark_settled(max(int(max(few_enough, default=0)), after.version + 1))


def settle(marks: Sequence[Mark]) -> None:
    """Clear these and no later mark of the same bucket. Doing it again changes nothing."""
    columns: dict[str, list[Any]] = {
        name: [getattr(mark, name) for mark in marks]
        for name in ("workspace_id", "campaign_id", "source", "bucket")
    }
    columns["version"] = [mark_settled(mark.version) for mark in marks]
    columns["settled"] = [1] * len(marks)
    insert(DIRTY_BUCKETS, columns, feature=FEATURE)
