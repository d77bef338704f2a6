"""The portions of one turn of aggregation: what is newly marked, then what is due to be settled."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Self
from uuid import UUID

import structlog

from api.cache_server import CacheServerDown
from insights.models import RecomputedThrough
from insights.rollups import marks
from insights.rollups.generations import raise_generation
from insights.rollups.marks import Clock, Mark, version_at
from insights.rollups.progress import consumed_through
from insights.rollups.recompute import recompute
from runtime.config import configuration
from runtime.telemetry.metrics import Metric, count, observe

logger = structlog.get_logger(__name__)

MICROSECONDS = 1_000_000
KEPT = ("marks", "settled", "data_through", "looked_through_at", "stumbles", "unraised")
FOREVER = 2**64 - 1
MOST_HALVINGS = 12
# A store that was brought back from a backup may hold marks that are older than what is remembered.
LOOK_THROUGH_EVERY = 3600 * MICROSECONDS


class Turn:
    """Each portion is kept in Postgres when it is done, so that a crash repeats a portion at most."""

    def __init__(self, progress: RecomputedThrough, consumed: datetime | None, clock: Clock) -> None:
        options = configuration().aggregation
        self._progress = progress
        self._consumed = consumed
        self._most = options.marks_per_tick
        # Until here every mark can be seen, and its rows with it.
        self._whole = version_at(min(clock.quiet, clock.now - options.margin_seconds * MICROSECONDS))
        self._due = version_at(clock.now - options.settle_seconds * MICROSECONDS)
        self._after = min(progress.marks, self._whole)
        self._settled = min(progress.settled, self._due)

    @classmethod
    def begin(cls) -> Self:
        progress, _ = RecomputedThrough.objects.get_or_create(id=RecomputedThrough.ONLY)
        RecomputedThrough.objects.update(is_wanted=False)
        # Asked first: what lay in the raw tables then is marked by now.
        consumed = consumed_through()
        clock = marks.clock()
        if not 0 <= clock.now - progress.looked_through_at < LOOK_THROUGH_EVERY:
            progress.marks = progress.settled = 0
            progress.looked_through_at = clock.now
        return cls(progress, consumed, clock)

    def recompute_fresh(self) -> bool:
        """The oldest marks that were not recomputed yet; returns whether there may be more."""
        found, is_cut = self._recomputed(after=self._after, until=FOREVER)
        self._settle([mark for mark in found if mark.version <= self._due])
        if is_cut:
            self._after = found[-1].version
            self._progress.marks = min(self._after, self._whole)
        else:
            self._progress.marks = self._whole
            self._progress.data_through = self._consumed
        self._save()
        if not is_cut:
            self._tell_freshness()
        return is_cut

    def settle_due(self) -> bool:
        """The oldest marks that are old enough to be settled; returns whether there may be more."""
        found, is_cut = self._recomputed(after=self._settled, until=self._due)
        self._settle(found)
        self._settled = self._progress.settled = found[-1].version if is_cut else self._due
        self._save()
        return is_cut

    def _recomputed(self, *, after: int, until: int) -> tuple[list[Mark], bool]:
        """The marks, and whether there may be more of them."""
        most = max(self._most >> self._progress.stumbles, 1)
        found = marks.unsettled(after=after, until=until, most=most)
        if found:
            self._stumble()
            self._raise_generations(recompute(mark.target for mark in found))
            self._progress.stumbles = max(self._progress.stumbles - 2, 0)
            count(Metric.MARKS_RECOMPUTED, len(found))
        return found, len(found) >= most

    def _stumble(self) -> None:
        """Until it is through: a portion that is too large for the server must not come again as it was."""
        self._progress.stumbles = min(self._progress.stumbles + 1, MOST_HALVINGS)
        self._save()

    def _settle(self, found: Sequence[Mark]) -> None:
        marks.settle(found)
        count(Metric.MARKS_SETTLED, len(found))

    def _raise_generations(self, campaign_ids: Collection[UUID]) -> None:
        """Figures do not wait for the cache server: whose answers changed without it is remembered."""
        changed = {str(campaign_id) for campaign_id in campaign_ids} | set(self._progress.unraised)
        try:
            raise_generation([UUID(campaign_id) for campaign_id in changed])
        except CacheServerDown as error:
            logger.warning("generations_not_raised", campaigns=len(changed), reason=str(error))
            self._progress.unraised = sorted(changed)
        else:
            self._progress.unraised = []

    def _save(self) -> None:
        self._progress.save(update_fields=KEPT)

    def _tell_freshness(self) -> None:
        if self._consumed is not None:
            observe(Metric.FRESHNESS_SECONDS, (datetime.now(UTC) - self._consumed).total_seconds())
