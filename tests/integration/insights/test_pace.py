"""Who nudges leaves alone what is at work, and lets it rest where it was dear or where much comes."""

from uuid import uuid4

import pytest

from api.cache_server import CacheServerDown, cache_server
from ingestion.pipeline import nudging
from ingestion.pipeline.nudging import _add, _rest
from insights.rollups import pace
from insights.rollups.pace import FEW, MOST_REST, MOST_WORK, Pace


@pytest.fixture(autouse=True)
def own_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests store events and have ticks meanwhile."""
    for theirs, ours in (("KEY", "AT_WORK_OR_RESTING"), ("STORED", "STORED")):
        key = f"tests:pace:{uuid4()}"
        monkeypatch.setattr(pace, theirs, key)
        monkeypatch.setattr(nudging, ours, key)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Its last entry is the time that it is for what works."""
    now = [1000.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[-1])
    return now


def look(pace: Pace, clock: list[float], seconds: float) -> None:
    with pace.tick(), pace.first_pass():
        clock.append(clock[-1] + seconds)


def looks_at_a_rate(pace: Pace, clock: list[float], events_a_second: int) -> None:
    """Cheap ones, each second."""
    for _ in range(10):
        _add(events_a_second)
        look(pace, clock, 0.5)
        clock.append(clock[-1] + 0.5)


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


@pytest.mark.parametrize(
    ("rate", "rest"), [(FEW // 2, 0), (FEW, 0), (2 * FEW, 1), (4 * FEW, 3), (100 * FEW, MOST_REST)]
)
def test_the_more_events_come_the_longer_it_rests(clock: list[float], rate: int, rest: float) -> None:
    looks_at_a_rate(Pace(), clock, rate)
    assert rest - 0.5 < _rest() <= rest + 0.001


def test_one_large_batch_is_no_high_rate(clock: list[float]) -> None:
    pace = Pace()
    looks_at_a_rate(pace, clock, 100)
    _add(4 * FEW)
    look(pace, clock, 0.1)
    assert _rest() <= 0.001


def test_once_fewer_come_it_rests_no_more(clock: list[float]) -> None:
    pace = Pace()
    looks_at_a_rate(pace, clock, 4 * FEW)
    looks_at_a_rate(pace, clock, FEW)
    assert _rest() <= 0.001


def test_a_cache_server_that_was_wiped_or_away_tells_of_no_rate(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    pace = Pace()
    looks_at_a_rate(pace, clock, 4 * FEW)
    cache_server.ask("DEL", nudging.STORED)
    look(pace, clock, 0.5)
    assert _rest() <= 0.001
    assert pace._load.rate() == 0

    def away(*_: object) -> None:
        raise CacheServerDown

    with monkeypatch.context() as patched:
        patched.setattr(cache_server, "ask", away)
        assert pace._load.rate() == 0
    _add(100 * FEW)
    assert pace._load.rate() == 0
