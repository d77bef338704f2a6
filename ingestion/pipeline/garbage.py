"""Python looks for garbage while a batch is made: each time it walks over all of it, a third of the work."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from runtime.garbage import search_seldom

MANY = 300_000  # objects more than there were at the last search; a batch has fewer


@contextmanager
def seldom_searched() -> Iterator[None]:
    """Within it a search is due only when much was left over, and passes by what stood at the beginning."""
    before = gc.get_threshold()
    search_seldom(MANY)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
