"""How often rollups are looked at while facts keep coming: the dearer a look, the rarer.

Facts of one minute cost a look once for every look at that minute. Whoever asks for one waits while this key
stands in the cache server (`ingestion/pipeline/nudging.py`); without it, a second. Only the first pass over
marks counts: the second comes once a minute, however often is looked.
"""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from statistics import median

from api.cache_server import CacheServerDown, cache_server

KEY = "ca:aggregation:rest"
CHEAP = 0.7  # seconds that a look may take at no cost; beyond them it rests for a multiple
RESTS_FOR_ONE_BEYOND = 4
MOST_REST = 3.0
MOST_WORK = 10.0  # a process that died at it holds nobody up for longer
LAST = 3  # ticks of this process that say what one costs: one alone may have stood beside a large merge


class Pace:
    """How long the first passes of each of the last ticks took."""

    def __init__(self) -> None:
        self._last: deque[float] = deque(maxlen=LAST)

    @contextmanager
    def tick(self) -> Iterator[None]:
        """Nobody needs to ask while this is at work, nor after it as long as it rests."""
        self._last.append(0.0)
        _stand(MOST_WORK)
        try:
            yield
        finally:
            dear = max(median(self._last) - CHEAP, 0.0)
            _stand(min(RESTS_FOR_ONE_BEYOND * dear, MOST_REST))

    @contextmanager
    def first_pass(self) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self._last[-1] += time.monotonic() - began


def _stand(seconds: float) -> None:
    with suppress(CacheServerDown):
        cache_server.ask("SET", KEY, 1, "PX", max(round(seconds * 1000), 1))
