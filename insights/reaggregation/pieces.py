"""Cuts a scope into pieces that one recompute takes: days of one campaign, until they hold enough rows."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from insights.local_days import DAY, utc_midnight
from insights.reaggregation.scope import CampaignRange, Scope, ranges
from insights.rollups.targets import Target
from insights.sources import EVENTS, TRACKED
from warehouse import client

FEATURE = "reaggregate"
QUARTER_HOUR = timedelta(minutes=15)
MOST_ROWS = 200_000
MOST_DAYS = 31
MOST_PARTS = 96  # of a day

# Days with raw rows, and days that have figures without any: those are what a repair is for. The day of an
# account may have begun on the day before in UTC.
_DAYS = """
SELECT campaign_id, day, source, sum(found) FROM (
    SELECT campaign_id, toDate(occurred_at) AS day, '{events}' AS source, count() AS found
    FROM metric_events WHERE {mine} AND occurred_at >= {first} AND occurred_at < {last} GROUP BY ALL
    UNION ALL
    SELECT campaign_id, toDate(occurred_at) AS day, '{tracked}' AS source, count() AS found
    FROM interactions WHERE {mine} AND occurred_at >= {first} AND occurred_at < {last} GROUP BY ALL
    UNION ALL
    SELECT campaign_id, toDate(starts_at) AS day, report AS source, count() AS found
    FROM snapshot_slices WHERE {mine} AND starts_at >= {first} AND starts_at < {last} GROUP BY ALL
    UNION ALL
    SELECT campaign_id, toDate(starts_at) AS day, report AS source, count() AS found
    FROM snapshots WHERE {mine} AND starts_at >= {first} AND starts_at < {last} GROUP BY ALL
    UNION ALL
    SELECT campaign_id, toDate(bucket) AS day, source, 0 AS found
    FROM rollup_minute WHERE {mine} AND bucket >= {first} AND bucket < {last} GROUP BY ALL
    UNION ALL
    SELECT campaign_id, toDate(bucket) AS day, source, 0 AS found
    FROM rollup_15min WHERE {mine} AND bucket >= {first} AND bucket < {last} GROUP BY ALL
    UNION ALL
    SELECT campaign_id, arrayJoin(if(startsWith(source, 'day'), [bucket - 1, bucket], [bucket])) AS day,
           source, 0 AS found
    FROM rollup_day WHERE {mine} AND bucket >= toDate({first}) - 1 AND bucket <= toDate({last}) + 1
    GROUP BY ALL
)
GROUP BY campaign_id, day, source
ORDER BY campaign_id, day, source
""".format(  # noqa: S608 (fragments of ours)
    events=EVENTS,
    tracked=TRACKED,
    mine="workspace_id IN %(workspaces)s AND campaign_id IN %(campaigns)s",
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
    """What one recompute takes. `place` is where to go on once it is done."""

    targets: tuple[Target, ...]
    days: int
    rows: int
    place: Place


def pieces(scope: Scope, after: Place | None = None) -> Iterator[Piece]:
    """In one order, however often it is begun. Raises WarehouseUnavailable."""
    for page in ranges(scope, begin_with=after.campaign_id if after else None):
        wanted = [_rest(each, after) for each in page]
        found = _days_of([each for each in wanted if each.first < each.last])
        for each in wanted:
            yield from cut(each, found.get(each.campaign_id, []))


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


def _days_of(page: Sequence[CampaignRange]) -> dict[UUID, list[Day]]:
    if not page:
        return {}
    parameters = {
        "workspaces": tuple({each.workspace_id for each in page}),
        "campaigns": tuple(each.campaign_id for each in page),
        "first": int(min(each.first for each in page).timestamp()),
        "last": int(max(each.last for each in page).timestamp()),
    }
    found: dict[UUID, list[Day]] = {}
    for campaign_id, *day in client.reader().rows(_DAYS, parameters, feature=FEATURE):
        found.setdefault(campaign_id, []).append(Day(*day))
    return found


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
