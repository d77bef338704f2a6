"""Cuts a scope into pieces that one recompute takes: days of one campaign, until they hold enough rows."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec

from insights.local_days import DAY, utc_midnight
from insights.reaggregation.contents import Day, days_of, later, months_with_rows
from insights.reaggregation.scope import CampaignRange, Scope, ranges
from insights.rollups.targets import Target

QUARTER_HOUR = timedelta(minutes=15)
MOST_ROWS = 200_000
MOST_DAYS = 31
MOST_PARTS = 96  # of a day


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
    months = months_with_rows()
    for page in ranges(scope, begin_with=after.campaign_id if after else None):
        for wanted in (_rest(each, after) for each in page):
            for month in windows(wanted, months):
                yield from cut(month, days_of(month))
                yield Piece((), 0, 0, Place(month.campaign_id, month.last))


def windows(wanted: CampaignRange, months: Iterable[int]) -> Iterator[CampaignRange]:
    """The parts of the range that lie in these months, given as 202611, in order."""
    for month in sorted(months):
        first, last = _first_of(month), _first_of(later(month))
        first, last = max(first, wanted.first), min(last, wanted.last)
        if first < last:
            yield msgspec.structs.replace(wanted, first=first, last=last)


def _first_of(month: int) -> datetime:
    return datetime(month // 100, month % 100, 1, tzinfo=UTC)


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
