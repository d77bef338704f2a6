"""What is to be recomputed: stretches of time of one campaign and source."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from insights.local_days import DAY, utc_midnight
from insights.sources import EVENTS, TRACKED

MINUTE = timedelta(minutes=1)
# What one statement is asked for at most: its text must be parsed, its buckets looked up one by one.
MOST_SPANS = 1_000
MOST_BUCKETS = 30_000

# Which levels hold it: facts stand in all three, hourly reports not in minutes, daily reports only in days.
Family = Literal["facts", "hours", "days"]
Span = tuple[str, str, str, int, int]


class Target(NamedTuple):
    """`source` is events, tracked or a report. Begins at `first` and ends before `last`: minutes in UTC."""

    workspace_id: UUID
    campaign_id: UUID
    source: str
    first: datetime
    last: datetime

    @property
    def family(self) -> Family:
        if self.source in (EVENTS, TRACKED):
            return "facts"
        return "hours" if self.source.startswith("hour") else "days"

    @property
    def minutes(self) -> int:
        return (self.last - self.first) // MINUTE

    @property
    def span(self) -> Span:
        """As a statement takes it."""
        first, last = int(self.first.timestamp()), int(self.last.timestamp())
        return str(self.workspace_id), str(self.campaign_id), self.source, first, last


def checked(target: Target) -> Target:
    """Raises ValueError for what no mark and no question could mean."""
    for moment in (target.first, target.last):
        if moment.utcoffset() != timedelta(0) or moment.second or moment.microsecond:
            raise ValueError(f"{moment} is not a whole minute in UTC.")
    if target.first >= target.last:
        raise ValueError(f"{target.first} to {target.last} is no stretch of time.")
    return target


def coalesced(targets: Iterable[Target]) -> list[Target]:
    """The same minutes in as few targets as possible."""
    stretches = defaultdict(list)
    for target in targets:
        stretches[target[:3]].append((target.first, target.last))
    return [
        Target(*whose, *stretch) for whose, found in stretches.items() for stretch in _joined(sorted(found))
    ]


def chunks(targets: Iterable[Target]) -> Iterator[list[Target]]:
    """Those of one family at a time, each chunk small enough for one statement a level."""
    by_family: dict[Family, list[Target]] = {"facts": [], "hours": [], "days": []}
    for target in targets:
        by_family[target.family].append(target)
    for family in by_family.values():
        yield from _small(family)


def _joined(stretches: list[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    first, last = stretches[0]
    for begin, end in stretches[1:]:
        if begin > last:
            yield first, last
            first = begin
        last = max(last, end)
    yield first, last


def _small(targets: list[Target]) -> Iterator[list[Target]]:
    chunk: list[Target] = []
    minutes = 0
    for target in (part for whole in targets for part in _parts(whole)):
        if chunk and (len(chunk) == MOST_SPANS or minutes + target.minutes > MOST_BUCKETS):
            yield chunk
            chunk, minutes = [], 0
        chunk.append(target)
        minutes += target.minutes
    if chunk:
        yield chunk


def _parts(target: Target) -> Iterator[Target]:
    """Cut at midnights in UTC, where every level begins a bucket or has it recomputed by both parts."""
    first = target.first
    while first < target.last:
        cut = min(utc_midnight(first) + DAY, target.last)
        yield target._replace(first=first, last=cut)
        first = cut
