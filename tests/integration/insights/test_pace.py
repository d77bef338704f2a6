"""Who nudges leaves alone what is at work, and lets it rest where it was dear."""

import pytest

from ingestion.pipeline import nudging
from ingestion.pipeline.nudging import _rest
from insights.rollups import pace
from insights.rollups.pace import MOST_REST, MOST_WORK, Pace


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Its last entry is the time that it is for what works."""
    now = [1000.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[-1])
    return now


def test_both_mean_the_same_key() -> None:
    assert nudging.AT_WORK_OR_RESTING == pace.KEY


def look(pace: Pace, clock: list[float], seconds: float) -> None:
    with pace.tick(), pace.first_pass():
        clock.append(clock[-1] + seconds)


def test_nobody_nudges_while_it_is_at_work() -> None:
    with Pace().tick():
        assert MOST_REST < _rest() <= MOST_WORK


def test_it_rests_the_longer_the_longer_it_works(clock: list[float]) -> None:
    look(Pace(), clock, 1.0)
    assert 0.9 < _rest() <= 1.2


def test_what_takes_long_does_not_rest_for_ever(clock: list[float]) -> None:
    look(Pace(), clock, 60.0)
    assert 2.0 < _rest() <= MOST_REST


def test_what_is_cheap_needs_no_rest(clock: list[float]) -> None:
    look(Pace(), clock, 0.7)
    assert _rest() <= 0.001


def test_one_dear_look_among_cheap_ones_needs_no_rest(clock: list[float]) -> None:
    pace = Pace()
    for seconds in (0.5, 0.5, 3.0):
        look(pace, clock, seconds)
    assert _rest() <= 0.001


def test_two_dear_looks_in_a_row_are_rested_after(clock: list[float]) -> None:
    pace = Pace()
    for seconds in (0.5, 1.0, 1.2):
        look(pace, clock, seconds)
    assert 0.9 < _rest() <= 1.2


def test_what_does_not_come_again_at_the_next_look_needs_no_rest(clock: list[float]) -> None:
    pace = Pace()
    with pace.tick():
        with pace.first_pass():
            clock.append(1000.6)
        clock.append(1009.0)
    assert _rest() <= 0.001
