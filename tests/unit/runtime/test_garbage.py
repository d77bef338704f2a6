"""What was loaded is no garbage, and little of what follows is."""

import gc
from collections.abc import Iterator

import pytest

from runtime.garbage import MANY, search_seldom


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


def test_what_stands_is_not_looked_at_again() -> None:
    standing: list[object] = [[]]
    search_seldom()
    assert not any(found is standing for found in gc.get_objects())


def test_a_search_waits_until_there_is_much_more() -> None:
    search_seldom()
    assert gc.get_threshold()[0] == MANY


def test_what_is_left_over_later_is_found_all_the_same() -> None:
    search_seldom()
    circle: list[object] = []
    circle.append(circle)
    del circle
    assert gc.collect() >= 1
