"""How often rollups are looked at while facts keep coming: the dearer a look, the rarer.

Facts of one minute cost a look once for every look at that minute. Whoever asks for one waits while this key
stands in the cache server (`ingestion/pipeline/nudging.py`); without it, a second. Only the first pass over
marks counts: the second comes once a minute, however often is looked.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from api.cache_server import CacheServerDown, cache_server

KEY = "ca:aggregation:rest"
CHEAP = 0.7  # seconds that a look may take at no cost; beyond them it rests for a multiple
RESTS_FOR_ONE_BEYOND = 4
MOST_REST = 3.0
MOST_WORK = 10.0  # a process that died at it holds nobody up for longer


class Pace:
    """How long the first passes of one tick took."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def first_pass(self) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds += time.monotonic() - began


@contextmanager
def paced() -> Iterator[Pace]:
    """Nobody needs to ask while this is at work, nor after it as long as it rests."""
    pace = Pace()
    _stand(MOST_WORK)
    try:
        yield pace
    finally:
        dear = max(pace.seconds - CHEAP, 0.0)
        _stand(min(RESTS_FOR_ONE_BEYOND * dear, MOST_REST))


def _stand(seconds: float) -> None:
    with suppress(CacheServerDown):
        cache_server.ask("SET", KEY, 1, "PX", max(round(seconds * 1000), 1))
