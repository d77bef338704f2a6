"""Cuts a scope into pieces that one recompute takes: days of one campaign, until they hold enough rows."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec

from insights.local_days import DAY, utc_midnight
from insights.reaggregation.scope import CampaignRange, Scope, ranges
from insights.rollups.targets import Target
from insights.sources import EVENTS, TRACKED
from warehouse import client
from warehouse.partitions import partitions_of
from warehouse.tables import (
    INTERACTIONS,
    METRIC_EVENTS,
    ROLLUP_15MIN,
    ROLLUP_DAY,
    ROLLUP_MINUTE,
    SNAPSHOT_SLICES,
    SNAPSHOTS,
)

FEATURE = "reaggregate"
QUARTER_HOUR = timedelta(minutes=15)
MOST_ROWS = 200_000
MOST_DAYS = 31
MOST_PARTS = 96  # of a day
LAST_MONTH = 999_999  # a larger number names a day

# Wherever something may lie that a range is about.
TABLES = (
    METRIC_EVENTS,
    INTERACTIONS,
    SNAPSHOTS,
    SNAPSHOT_SLICES,
    ROLLUP_MINUTE,
    ROLLUP_15MIN,
    ROLLUP_DAY,
)

# Days with raw rows, and days that have figures without any: those are what a repair is for. The day of an
# account may have begun on the day before in UTC. Partitions of snapshots follow from `bucket`.
_DAYS = """
SELECT day, source, sum(found) FROM (
    SELECT toDate(occurred_at) AS day, '{events}' AS source, count() AS found
    FROM metric_events WHERE {mine} AND occurred_at >= {first} AND occurred_at < {last} GROUP BY ALL
    UNION ALL
    SELECT toDate(occurred_at) AS day, '{tracked}' AS source, count() AS found
    FROM interactions WHERE {mine} AND occurred_at >= {first} AND occurred_at < {last} GROUP BY ALL
    UNION ALL
    SELECT toDate(starts_at) AS day, report AS source, count() AS found
    FROM snapshot_slices WHERE {mine} AND {near} AND starts_at >= {first} AND starts_at < {last} GROUP BY ALL
    UNION ALL
    SELECT toDate(starts_at) AS day, report AS source, count() AS found
    FROM snapshots WHERE {mine} AND {near} AND starts_at >= {first} AND starts_at < {last} GROUP BY ALL
    UNION ALL
    SELECT toDate(bucket) AS day, source, 0 AS found
    FROM rollup_minute WHERE {mine} AND bucket >= {first} AND bucket < {last} GROUP BY ALL
    UNION ALL
    SELECT toDate(bucket) AS day, source, 0 AS found
    FROM rollup_15min WHERE {mine} AND bucket >= {first} AND bucket < {last} GROUP BY ALL
    UNION ALL
    SELECT arrayJoin(if(startsWith(source, 'day'), [bucket - 1, bucket], [bucket])) AS day,
           source, 0 AS found
    FROM rollup_day WHERE {mine} AND bucket >= toDate({first}) - 1 AND bucket <= toDate({last}) + 1
    GROUP BY ALL
)
GROUP BY day, source
ORDER BY day, source
""".format(  # noqa: S608 (fragments of ours)
    events=EVENTS,
    tracked=TRACKED,
    mine="workspace_id = %(workspace)s AND campaign_id = %(campaign)s",
    near="bucket BETWEEN toDateTime(%(first)s - 172800, 'UTC') AND toDateTime(%(last)s + 172800, 'UTC')",
    first="toDateTime(%(first)s, 'UTC')",
    last="toDateTime(%(last)s, 'UTC')",
)


class Day(msgspec.Struct, frozen=True):
    """A day in UTC of one source of a campaign, and the raw rows that lie there."""

    day: date
    source: str
    rows: int


class Place(msgspec.Struct, frozen=True):
    """Everything of earlier campaigns is done, and of this one everything before `through`."""

    campaign_id: UUID
    through: datetime


class Piece(msgspec.Struct, frozen=True):
    """What one recompute takes. `place` is where to go on once it is done; without targets, only that."""

    targets: tuple[Target, ...]
    days: int
    rows: int
    place: Place


def pieces(scope: Scope, after: Place | None = None) -> Iterator[Piece]:
    """In one order, however often it is begun: it looks no further than whoever takes them has come.

    Every month ends with a place, also where nothing lies. Raises WarehouseUnavailable.
    """
    months = _months_with_rows()
    for page in ranges(scope, begin_with=after.campaign_id if after else None):
        for wanted in (_rest(each, after) for each in page):
            for month in windows(wanted, months):
                yield from cut(month, _days_of(month))
                yield Piece((), 0, 0, Place(month.campaign_id, month.last))


def windows(wanted: CampaignRange, months: Iterable[int]) -> Iterator[CampaignRange]:
    """The parts of the range that lie in these months, given as 202611, in order."""
    for month in sorted(months):
        first, last = _first_of(month), _first_of(_later(month))
        first, last = max(first, wanted.first), min(last, wanted.last)
        if first < last:
            yield msgspec.structs.replace(wanted, first=first, last=last)


def _months_with_rows() -> set[int]:
    """And those beside them: months of an ad account are not those of UTC."""
    reader = client.reader()
    found = {number for table in TABLES for number in partitions_of(table, reader=reader)}
    months = {number // 100 if number > LAST_MONTH else number for number in found}
    return months | {_later(month) for month in months} | {_earlier(month) for month in months}


def _first_of(month: int) -> datetime:
    return datetime(month // 100, month % 100, 1, tzinfo=UTC)


def _later(month: int) -> int:
    return month + 1 if month % 100 < 12 else month + 89


def _earlier(month: int) -> int:
    return month - 1 if month % 100 > 1 else month - 89


def cut(wanted: CampaignRange, days: Sequence[Day]) -> Iterator[Piece]:
    """Whole days in order; a day that alone holds too many rows comes in parts."""
    within = [day for day in days if _starts(day) < wanted.last and _ends(day) > wanted.first]
    held: list[Day] = []
    for same_day in _by_day(within):
        if held and _is_full([*held, *same_day]):
            yield from _pieces_of(wanted, held)
            held = []
        held += same_day
    if held:
        yield from _pieces_of(wanted, held)


def _rest(wanted: CampaignRange, after: Place | None) -> CampaignRange:
    if after is None or wanted.campaign_id != after.campaign_id:
        return wanted
    return msgspec.structs.replace(wanted, first=max(wanted.first, after.through))


def _days_of(wanted: CampaignRange) -> list[Day]:
    parameters = {
        "workspace": wanted.workspace_id,
        "campaign": wanted.campaign_id,
        "first": int(wanted.first.timestamp()),
        "last": int(wanted.last.timestamp()),
    }
    return [Day(*row) for row in client.reader().rows(_DAYS, parameters, feature=FEATURE)]


def _by_day(days: Iterable[Day]) -> Iterator[list[Day]]:
    grouped: dict[date, list[Day]] = {}
    for day in days:
        grouped.setdefault(day.day, []).append(day)
    yield from (grouped[day] for day in sorted(grouped))


def _is_full(days: Sequence[Day]) -> bool:
    return sum(day.rows for day in days) > MOST_ROWS or (days[-1].day - days[0].day).days >= MOST_DAYS


def _pieces_of(wanted: CampaignRange, days: Sequence[Day]) -> Iterator[Piece]:
    """One, but for a single day with too many rows: the last of its parts counts as the day."""
    whole = _piece(wanted, days)
    parts = min(MOST_PARTS, -(-whole.rows // MOST_ROWS)) if whole.days == 1 else 1
    first, last = min(target.first for target in whole.targets), whole.place.through
    step = _whole_quarter_hours((last - first) / max(parts, 1))
    while first + step < last:
        part = _piece(CampaignRange(wanted.workspace_id, wanted.campaign_id, first, first + step), days)
        yield msgspec.structs.replace(part, days=0, rows=0)
        first += step
    yield msgspec.structs.replace(whole, targets=tuple(_from(first, target) for target in whole.targets))


def _from(first: datetime, target: Target) -> Target:
    return target._replace(first=max(first, target.first))


def _whole_quarter_hours(span: timedelta) -> timedelta:
    return -(-span // QUARTER_HOUR) * QUARTER_HOUR


def _piece(wanted: CampaignRange, days: Sequence[Day]) -> Piece:
    sources: dict[str, list[Day]] = {}
    for day in days:
        sources.setdefault(day.source, []).append(day)
    targets = tuple(_target(wanted, source, of) for source, of in sources.items())
    through = min(wanted.last, max(_ends(day) for day in days))
    return Piece(
        targets,
        len({day.day for day in days}),
        sum(day.rows for day in days),
        Place(wanted.campaign_id, through),
    )


def _target(wanted: CampaignRange, source: str, days: Sequence[Day]) -> Target:
    first, last = min(map(_starts, days)), max(map(_ends, days))
    return Target(
        workspace_id=wanted.workspace_id,
        campaign_id=wanted.campaign_id,
        source=source,
        first=max(first, wanted.first),
        last=min(last, wanted.last),
    )


def _starts(day: Day) -> datetime:
    return utc_midnight(day.day)


def _ends(day: Day) -> datetime:
    return _starts(day) + DAY
