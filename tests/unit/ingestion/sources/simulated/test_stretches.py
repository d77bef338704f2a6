"""Time is cut without a gap and without an overlap, whenever the simulator is started and stopped."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from ingestion.sources.simulated.stretches import (
    HISTORY,
    HOUR,
    TICK,
    Piece,
    Stretch,
    first_stretch,
    following,
)

NOW = datetime(2026, 11, 21, 13, 37, 11, 123456, tzinfo=UTC)


def history(now: datetime) -> list[Stretch]:
    stretches = [first_stretch(now)]
    while stretches[-1].step == HOUR:
        stretches.append(following(stretches[-1], now))
    return stretches


def test_history_is_hourly_and_ends_with_the_minute_that_runs() -> None:
    *hourly, live = history(NOW)
    assert hourly[0].first == NOW.replace(hour=0, minute=0, second=0, microsecond=0) - HISTORY
    assert (live.first, live.step) == (NOW.replace(second=0, microsecond=0), TICK)
    assert live.last == live.first + timedelta(minutes=1)


def test_whatever_the_pauses_every_moment_is_told_once() -> None:
    chance = random.Random(7)
    now, stretch = NOW, first_stretch(NOW)
    pieces: list[Piece] = []
    for _ in range(300):
        pieces += stretch.pieces()
        now = max(now, stretch.last) + timedelta(seconds=chance.choice([0, 1, 59, 130, 4000, 200_000]))
        stretch = following(stretch, now)
    assert all(before.last == after.first for before, after in pairwise(pieces))
    assert all(piece.first < piece.last for piece in pieces)


def test_nothing_but_the_running_minute_lies_ahead() -> None:
    for seconds in range(0, 7200, 7):
        now = NOW + timedelta(seconds=seconds)
        following_one = following(Stretch(NOW - timedelta(hours=1), NOW.replace(second=0), TICK), now)
        assert following_one.last <= now + timedelta(minutes=1)


def test_hours_are_cut_where_the_clock_shows_them() -> None:
    stretch = Stretch(NOW.replace(minute=10, second=0), NOW.replace(hour=15, minute=5, second=0), HOUR)
    assert [(piece.first.hour, piece.first.minute) for piece in stretch.pieces()] == [
        (13, 10),
        (14, 0),
        (15, 0),
    ]


def test_a_copy_that_slept_for_half_a_year_makes_up_for_the_last_ninety_days() -> None:
    now = NOW + timedelta(days=180)
    assert following(Stretch(NOW - timedelta(minutes=1), NOW, TICK), now).first > now - HISTORY - timedelta(1)
