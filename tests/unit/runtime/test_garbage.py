"""What was loaded is no garbage, and little of what follows is."""

import gc
from collections.abc import Iterator
from weakref import WeakSet

import pytest

from runtime.garbage import MANY, search_seldom


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """What is passed by stays so: tests/conftest.py had most of it taken out of the search before."""
    threshold = gc.get_threshold()
    yield
    gc.set_threshold(*threshold)


def test_what_stands_is_not_looked_at_again() -> None:
    standing: list[object] = [[]]
    search_seldom()
    assert not any(found is standing for found in gc.get_objects())


def test_a_search_waits_until_there_is_much_more() -> None:
    search_seldom()
    assert gc.get_threshold()[0] == MANY


class Body:
    """Stands for the megabytes that a request brought."""


def test_what_requests_leave_in_circles_does_not_pile_up() -> None:
    search_seldom()
    bodies: WeakSet[Body] = WeakSet()
    most = 0
    for _ in range(300):
        body = Body()
        bodies.add(body)
        circle: list[object] = [body, *([] for _ in range(200))]
        circle.append(circle)
        del body, circle
        most = max(most, len(bodies))
    assert most <= 40


def test_what_is_left_over_later_is_found_all_the_same() -> None:
    search_seldom()
    circle: list[object] = []
    circle.append(circle)
    del circle
    assert gc.collect() >= 1
