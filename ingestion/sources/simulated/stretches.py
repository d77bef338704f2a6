"""How time is cut, so that every moment is told exactly once however often the simulator dies.

Time is told in stretches, one after the other. A stretch is noted before its first fact is sent, and what
is sent follows from it alone. So a restart sends the noted one again, the same facts under the same ids,
and goes on behind it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

from ingestion.events.times import EPOCH

HISTORY = timedelta(days=91)  # the demo's oldest campaign began 90 days ago, at its own midnight
HOUR = 3600
TICK = 2
_LIVE = timedelta(minutes=1)
_DAY = timedelta(days=1)


class Piece(NamedTuple):
    """The least that is told at once; its facts stand at its beginning or between."""

    first: datetime
    last: datetime  # exclusive


class Stretch(Struct, frozen=True):
    """Told in pieces of `step` seconds, cut where the clock shows whole multiples of it."""

    first: datetime
    last: datetime
    step: int

    def pieces(self) -> Iterator[Piece]:
        begin = self.first
        while begin < self.last:
            end = min(_next_cut(begin, self.step), self.last)
            yield Piece(begin, end)
            begin = end


def first_stretch(now: datetime) -> Stretch:
    return _hourly(_midnight(now - HISTORY), now)


def following(stretch: Stretch, now: datetime) -> Stretch:
    """The next one: by the hour while there is much to make up for, else a minute of live ticks."""
    begin = max(stretch.last, _midnight(now - HISTORY))
    if now - begin >= 2 * _LIVE:
        return _hourly(begin, now)
    return Stretch(begin, begin + _LIVE, TICK)


def _hourly(begin: datetime, now: datetime) -> Stretch:
    return Stretch(begin, min(_midnight(begin) + _DAY, _minute(now)), HOUR)


def _midnight(time: datetime) -> datetime:
    return time.replace(hour=0, minute=0, second=0, microsecond=0)


def _minute(time: datetime) -> datetime:
    return time.replace(second=0, microsecond=0)


def _next_cut(time: datetime, step: int) -> datetime:
    return EPOCH + timedelta(seconds=((time - EPOCH) // timedelta(seconds=step) + 1) * step)
