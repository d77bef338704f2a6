"""The search for garbage, which must not walk over a batch while it is made."""

import gc
from collections.abc import Iterator
from itertools import takewhile
from typing import Any
from uuid import uuid4

import pytest

from ingestion.pipeline.garbage import seldom_searched
from tests.logged_events import mixture


@pytest.fixture(scope="module", autouse=True)
def _pass_by_again() -> Iterator[None]:
    """What tests/conftest.py had taken out of the search is looked at again after these tests."""
    yield
    gc.freeze()


@pytest.fixture
def searches() -> Iterator[list[str]]:
    """One for each search since."""
    begun: list[str] = []

    def note(phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            begun.append(phase)

    gc.callbacks.append(note)
    yield begun
    gc.callbacks.remove(note)


def batch() -> list[list[Any]]:
    """Of objects that could be part of a cycle."""
    return [[number] for number in range(20_000)]


def test_a_batch_is_made_without_a_search(searches: list[str]) -> None:
    with seldom_searched():
        searches.clear()
        made = batch()
        assert made
        assert searches == []


def test_what_is_left_over_is_searched_all_the_same(searches: list[str]) -> None:
    with seldom_searched():
        searches.clear()
        made = takewhile(lambda _: not searches, (batch() for _ in range(20)))
        assert len(list(made)) < 20


def test_afterwards_all_is_as_before() -> None:
    before = gc.get_threshold(), gc.get_freeze_count()
    with seldom_searched():
        assert gc.get_freeze_count() > before[1]
    assert (gc.get_threshold(), gc.get_freeze_count()) == before


def test_events_are_not_looked_at() -> None:
    for event in mixture(uuid4(), 2):
        assert not gc.is_tracked(event)
        assert not gc.is_tracked(event.payload)
