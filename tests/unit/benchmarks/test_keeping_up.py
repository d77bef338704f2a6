"""A rate is kept up only if it was taken, stored and rolled up: each by itself may fail."""

import math

import pytest

from benchmarks.pipeline.keeping_up import Behind, Course, shortfalls

RATE = 1_000
READINGS = 40


def course(
    *, taken: float = RATE, lag: float = 500, lag_grows: float = 0, age: float = 2, age_grows: float = 0
) -> Course:
    """What grows does so evenly, by that much in half of the time."""
    parts = [number / (READINGS / 2) for number in range(READINGS)]
    return Course(RATE, taken, [Behind(lag + part * lag_grows, age + part * age_grows) for part in parts])


@pytest.mark.parametrize(
    "kept_up",
    [
        course(),
        course(taken=950),
        course(lag=3_000),
        course(lag_grows=490),
        course(lag=9_000, lag_grows=-4_000),
        course(age=10),
        course(age_grows=2.9),
    ],
)
def test_a_rate_is_kept_up_within_all_bounds(kept_up: Course) -> None:
    assert shortfalls(kept_up) == []


@pytest.mark.parametrize(
    ("not_kept_up", "shortfall"),
    [
        (course(taken=949), "less was taken"),
        (course(lag=3_001), "the log is behind"),
        (course(lag_grows=510), "its lag grows"),
        (course(age=10.1), "the figures are behind"),
        (course(age_grows=3.1), "ever farther"),
        (course(age=math.inf), "the figures are behind"),
    ],
)
def test_each_bound_is_held_by_itself(not_kept_up: Course, shortfall: str) -> None:
    assert shortfalls(not_kept_up) == [shortfall]


def test_figures_that_stand_still_are_told_although_the_log_is_drained() -> None:
    half_a_run = 20
    assert "ever farther" in shortfalls(course(lag=0, age=0, age_grows=half_a_run))


def test_a_moment_above_the_others_is_no_growth() -> None:
    even = course().behind
    peak = Behind(2_900, 9.9)
    assert shortfalls(Course(RATE, RATE, [*even, peak])) == []


def test_what_was_behind_at_the_start_hides_no_growth() -> None:
    growing = course(lag=0, lag_grows=600).behind
    began = [Behind(5_000, 2)] * (READINGS // 10)
    assert shortfalls(Course(RATE, RATE, [*began, *growing])) == ["its lag grows"]


def test_the_level_at_the_end_is_that_of_the_last_moment() -> None:
    even = course().behind
    found = shortfalls(Course(RATE, RATE, [*even, Behind(3_001, 10.1)]))
    assert found == ["the log is behind", "the figures are behind"]
