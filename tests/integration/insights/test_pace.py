"""Who nudges leaves alone what is at work, and lets it rest where it was dear."""

import pytest

from ingestion.pipeline import nudging
from ingestion.pipeline.nudging import _rest
from insights.rollups import pace
from insights.rollups.pace import paced


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Its last entry is the time that it is for what works."""
    now = [1000.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[-1])
    return now


def test_both_mean_the_same_key() -> None:
    assert nudging.AT_WORK_OR_RESTING == pace.KEY


def test_nobody_nudges_while_it_is_at_work() -> None:
    with paced():
        assert pace.MOST_REST < _rest() <= pace.MOST_WORK


def test_it_rests_the_longer_the_longer_it_worked(clock: list[float]) -> None:
    with paced() as tick, tick.first_pass():
        clock.append(1001.0)
    assert 0.9 < _rest() <= 1.2


def test_what_takes_long_does_not_rest_for_ever(clock: list[float]) -> None:
    with paced() as tick, tick.first_pass():
        clock.append(1060.0)
    assert 2.0 < _rest() <= pace.MOST_REST


def test_what_was_cheap_needs_no_rest(clock: list[float]) -> None:
    with paced() as tick, tick.first_pass():
        clock.append(1000.7)
    assert _rest() <= 0.001


def test_what_does_not_come_again_at_the_next_look_needs_no_rest(clock: list[float]) -> None:
    with paced() as tick:
        with tick.first_pass():
            clock.append(1000.6)
        clock.append(1009.0)
    assert _rest() <= 0.001
