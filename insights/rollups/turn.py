"""The portions of one turn of aggregation: what is newly marked, then what is due to be settled."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol, Self

import structlog

from insights.models import RecomputedThrough
from insights.rollups import marks, refusals
from insights.rollups.generations import raise_or_remember
from insights.rollups.marks import FOREVER, Clock, Found, Mark, Place, end_of, made_at, version_at
from insights.rollups.progress import consumed_through
from insights.rollups.refusals import recompute_but_refused, set_mark_aside, standing_aside, try_each_again
from runtime.config import configuration
from runtime.telemetry.metrics import Metric, count, observe
from warehouse.errors import WarehouseUnavailable
from warehouse.versions import mark_settled

MICROSECONDS = 1_000_000
KEPT = ("marks", "marks_key", "settled", "hidden", "data_through", "looked_through_at", "stumbles")
LEAST_STUMBLES = 12
MOST_TRIES_AT_ONCE = 20
# What is fresh waits for one portion of what is due: for a small one, unless those have gathered.
FEW_DUE = 64
FAR_BEHIND = 15 * MICROSECONDS
# So long no worker may have looked since the clock was set back.
UNNOTICED = 3600 * MICROSECONDS
# A store that was brought back from a backup may hold marks that are older than what is remembered.
LOOK_THROUGH_EVERY = 3600 * MICROSECONDS

logger = structlog.get_logger(__name__)


class Finds(Protocol):
    def __call__(self, *, after: Place, until: int, most: int) -> Found: ...


class Turn:
    """Each portion is kept in Postgres when it is done, so that a crash repeats a portion at most."""

    def __init__(
        self, progress: RecomputedThrough, consumed: datetime | None, clock: Clock, until: float
    ) -> None:
        options = configuration().aggregation
        self._until = until
        self._progress = progress
        self._consumed = consumed
        self._most = options.marks_per_tick
        # So many that a portion of one mark is among the tries.
        self._most_stumbles = max(LEAST_STUMBLES, self._most.bit_length())
        # Until here every mark can be seen, and its rows with it.
        whole = version_at(min(clock.quiet, clock.now - options.margin_seconds * MICROSECONDS))
        self._whole = end_of(whole)
        self._due = version_at(clock.now - options.settle_seconds * MICROSECONDS)
        self._after = min(Place(progress.marks, progress.marks_key), self._whole)
        self._settled = end_of(min(progress.settled, self._due))
        is_far_behind = self._due - progress.settled > version_at(FAR_BEHIND)
        self._most_due = self._most if is_far_behind else min(self._most, FEW_DUE)

    @classmethod
    def begin(cls, until: float) -> Self:
        """By `until` a portion is to end that would go on for long, as where everything is refused."""
        progress, _ = RecomputedThrough.objects.get_or_create(id=RecomputedThrough.ONLY)
        RecomputedThrough.objects.update(is_wanted=False)
        # Asked first: what lay in the raw tables then is marked by now.
        consumed = consumed_through()
        clock = marks.clock()
        _notice_set_back(progress, clock)
        if not 0 <= clock.now - progress.looked_through_at < LOOK_THROUGH_EVERY:
            progress.marks = progress.marks_key = progress.settled = 0
            progress.looked_through_at = clock.now
        return cls(progress, consumed, clock, until)

    def recompute_fresh(self) -> bool:
        """The oldest marks that were not recomputed yet; returns whether there may be more."""
        done, cut = self._recomputed(self._most, after=self._after, until=FOREVER)
        self._settle([mark for mark in done if mark.version <= self._due])
        if cut:
            self._after = cut
            self._reached(min(cut, self._whole))
        else:
            self._reached(self._whole)
            self._progress.data_through = self._consumed
        self._save()
        if not cut:
            self._tell_freshness()
        return cut is not None

    def settle_due(self) -> bool:
        """The oldest marks that are old enough to be settled; returns whether there may be more."""
        done, cut = self._recomputed(self._most_due, after=self._settled, until=self._due)
        self._settle(done)
        self._settled = cut or end_of(self._due)
        # What is settled is not found again, so of a version that was cut only the rest is.
        self._progress.settled = cut.whole_version if cut else self._due
        self._save()
        return cut is not None

    def uncover(self) -> bool:
        """What marks of a later time hid, once that time is over; returns whether there may be more."""
        if not self._progress.hidden or self._due <= self._progress.hidden[-1]:
            return False
        version, key, until = self._progress.hidden
        _, cut = self._recomputed(self._most, after=Place(version, key), until=until, find=marks.all_marked)
        self._progress.hidden = [*cut, until] if cut else []
        self._save()
        return cut is not None

    def try_again(self) -> bool:
        """Some of those that stand aside; returns whether there may be more that are due."""
        rows = refusals.due(MOST_TRIES_AT_ONCE)
        by_mark = {refusals.mark_of(row): row for row in rows}
        campaigns, aside, left = try_each_again(list(by_mark), self._progress.data_through, self._until)
        refusals.make_due([by_mark[mark] for mark in left])
        back = [row for mark, row in by_mark.items() if mark not in aside | left]
        if back:
            raise_or_remember(campaigns)
            self._look_again(min(row.version for row in back))
            refusals.take_back(back)
        return len(rows) == MOST_TRIES_AT_ONCE or bool(left)

    def _recomputed(
        self, most: int, *, after: Place, until: int, find: Finds = marks.unsettled
    ) -> tuple[list[Mark], Place | None]:
        """The marks that were, and where to go on if there may be more of them."""
        most = max(most >> self._progress.stumbles, 1)
        found, cut = find(after=after, until=until, most=most)
        standing = standing_aside() if found else frozenset()
        wanted = [mark for mark in found if mark[:4] not in standing]
        done, left = self._recompute(wanted) if wanted else ([], set())
        if left:
            end = min(mark.place for mark in left)
            reached = max((mark.place for mark in found if mark.place < end), default=after)
            return [mark for mark in done if mark.place < end], reached
        return done, cut

    def _recompute(self, wanted: Sequence[Mark]) -> tuple[list[Mark], set[Mark]]:
        """Those that were, and those that there was no time for."""
        self._stumble()
        # Their second pass makes the days of all the others: no question reads them before.
        days_too = any(mark.version <= self._due for mark in wanted)
        try:
            campaigns, aside, left = recompute_but_refused(
                wanted, self._progress.data_through, self._until, days_too=days_too
            )
        except WarehouseUnavailable as error:
            if len(wanted) > 1 or self._progress.stumbles < self._most_stumbles:
                raise
            campaigns, aside, left = set_mark_aside(wanted[0], error, self._progress.data_through)
        raise_or_remember(campaigns)
        if not left:
            self._progress.stumbles = max(self._progress.stumbles - 2, 0)
        done = [mark for mark in wanted if mark not in aside | left]
        count(Metric.MARKS_RECOMPUTED, len(done))
        return done, left

    def _look_again(self, version: int) -> None:
        """For marks from this version on: some that were passed over are worked off as any other from now."""
        self._reached(min(end_of(version - 1), Place(self._progress.marks, self._progress.marks_key)))
        self._progress.settled = min(self._progress.settled, version - 1)
        self._save()

    def _reached(self, place: Place) -> None:
        self._progress.marks, self._progress.marks_key = place

    def _stumble(self) -> None:
        """Until it is through: a portion that is too large for the server must not come again as it was."""
        self._progress.stumbles = min(self._progress.stumbles + 1, self._most_stumbles)
        self._save()

    def _settle(self, found: Sequence[Mark]) -> None:
        marks.settle(found)
        count(Metric.MARKS_SETTLED, len(found))

    def _save(self) -> None:
        self._progress.save(update_fields=KEPT)

    def _tell_freshness(self) -> None:
        if self._consumed is not None:
            observe(Metric.FRESHNESS_SECONDS, (datetime.now(UTC) - self._consumed).total_seconds())


def _notice_set_back(progress: RecomputedThrough, clock: Clock) -> None:
    """A mark that is made now loses to one that was settled at a later time, as long as that lies ahead."""
    now = version_at(clock.now)
    if progress.settled <= now:
        return
    since = max(now - version_at(UNNOTICED), 0)
    *known, until = progress.hidden or (since, 0, 0)
    progress.hidden = [*min(Place(*known), Place(since, 0)), max(until, mark_settled(progress.settled))]
    logger.error(
        "warehouse_clock_set_back",
        until=made_at(progress.hidden[-1]).isoformat(),
        meaning="Events of minutes that were settled already may be missing until the clock is there again.",
    )
