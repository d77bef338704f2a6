"""How often rollups are looked at while facts keep coming: the dearer a look and the more come, the rarer.

Facts of one minute cost a look once for every look at that minute. Whoever asks for one waits while this key
stands in the cache server (`ingestion/pipeline/nudging.py`); without it, a second. Only the first pass over
marks counts: the second comes once a minute, however often is looked.
"""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from statistics import median
from typing import NamedTuple

from api.cache_server import CacheServerDown, cache_server

KEY = "ca:aggregation:rest"
STORED = "ca:aggregation:stored"  # events, counted by the consumers
CHEAP = 0.7  # seconds that a look may take at no cost; beyond them it rests for a multiple
RESTS_FOR_ONE_BEYOND = 4
FEW = 2500  # events a second that are looked at each second; for each so many more it rests a second longer
RATE_SECONDS = 5.0  # a rate is one of so long: batches come in bursts, and looks close after one another
MOST_REST = 4.0  # with its work it is looked at as often as the sweep comes
MOST_WORK = 10.0  # a process that died at it holds nobody up for longer
LAST = 3  # ticks of this process that say what one costs: one alone may have stood beside a large merge


class Pace:
    """How long the first passes of each of the last ticks took, and how many events come meanwhile."""

    def __init__(self) -> None:
        self._last: deque[float] = deque(maxlen=LAST)
        self._load = Load()

    @contextmanager
    def tick(self) -> Iterator[None]:
        """Nobody needs to ask while this is at work, nor after it as long as it rests."""
        self._last.append(0.0)
        _stand(MOST_WORK)
        rate = self._load.rate()
        try:
            yield
        finally:
            dear = RESTS_FOR_ONE_BEYOND * (median(self._last) - CHEAP)
            many = rate / FEW - 1
            _stand(min(max(dear, many, 0.0), MOST_REST))

    @contextmanager
    def first_pass(self) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self._last[-1] += time.monotonic() - began


class Sight(NamedTuple):
    at: float
    stored: int


class Load:
    """How many events were stored when, as the last looks saw it."""

    def __init__(self) -> None:
        self._seen: deque[Sight] = deque()

    def rate(self) -> float:
        """Events a second of late, from all consumers; 0 while the cache server does not say."""
        try:
            sight = Sight(time.monotonic(), int(cache_server.ask("GET", STORED) or 0))
        except CacheServerDown:
            self._seen.clear()
            return 0.0
        return self._rate_until(sight)

    def _rate_until(self, now: Sight) -> float:
        seen = self._seen
        if seen and now.stored < seen[-1].stored:  # it was wiped
            seen.clear()
        seen.append(now)
        while len(seen) > 1 and now.at - seen[1].at >= RATE_SECONDS:
            seen.popleft()
        return (now.stored - seen[0].stored) / max(now.at - seen[0].at, RATE_SECONDS)


def _stand(seconds: float) -> None:
    with suppress(CacheServerDown):
        cache_server.ask("SET", KEY, 1, "PX", max(round(seconds * 1000), 1))
