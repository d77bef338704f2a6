"""One tick of aggregation: turn after turn, oldest marks first, until none are left or time is up.

Every mark is recomputed at once, and once more when it is so old that nothing of its time can be under way;
only then is it cleared. What is remembered in Postgres spares work. Without it all is recomputed again.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from django.db import connection

from insights.models import RecomputedThrough
from insights.rollups.days import build_missing_days
from insights.rollups.pace import Pace
from insights.rollups.turn import Turn
from runtime.config import configuration

LOCK = 4_711_000_018  # any number that no other lock of this database has
pace = Pace()


class Outcome(StrEnum):
    DONE = "done"  # nothing is left to be done now
    MORE = "more"  # time is up, and there are marks left
    BUSY = "busy"  # another process is at it and was told


def tick() -> Outcome:
    """Raises WarehouseUnavailable; whatever was not finished is found again by the next one."""
    with alone() as is_alone:
        if not is_alone:
            RecomputedThrough.objects.update(is_wanted=True)
            return Outcome.BUSY
        with pace.tick():
            return _turns(time.monotonic() + configuration().aggregation.tick_seconds)


@contextmanager
def alone() -> Iterator[bool]:
    """Whether nobody else writes rollups by the marks for the length of the block. Falls with its process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (held,) = cursor.fetchone() or (False,)
        try:
            yield held
        finally:
            if held:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _turns(until: float) -> Outcome:
    while _turn(until):
        if time.monotonic() > until:
            return Outcome.MORE
    return Outcome.MORE if build_missing_days() else Outcome.DONE


def _turn(until: float) -> bool:
    """Everything that is marked by now and a portion of what is due; returns whether there is more to do."""
    turn = Turn.begin(until)
    with pace.first_pass():
        is_swept = _sweep(turn, until)
    is_settled = not turn.settle_due()
    is_uncovered = not turn.uncover()
    has_more = turn.try_again() or not (is_swept and is_settled and is_uncovered)
    return has_more or RecomputedThrough.objects.filter(is_wanted=True).exists()


def _sweep(turn: Turn, until: float) -> bool:
    """At least one portion of what is newly marked; returns whether it came to its end in time."""
    while turn.recompute_fresh():
        if time.monotonic() > until:
            return False
    return True
