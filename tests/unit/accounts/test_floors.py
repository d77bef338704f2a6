"""Whole months are kept, and no fewer than were asked for."""

from datetime import date

import pytest

from accounts.floors import floor_for


@pytest.mark.parametrize(
    ("months", "today", "floor"),
    [
        (36, date(2026, 11, 21), date(2023, 11, 1)),
        (36, date(2026, 11, 1), date(2023, 11, 1)),
        (1, date(2026, 3, 31), date(2026, 2, 1)),
        (1, date(2026, 1, 1), date(2025, 12, 1)),
        (11, date(2026, 12, 31), date(2026, 1, 1)),
        (12, date(2026, 12, 31), date(2025, 12, 1)),
        (600, date(2026, 11, 21), date(1976, 11, 1)),
        (32_767, date(2026, 11, 21), date(1970, 1, 1)),
        (10**9, date(2026, 11, 21), date(1970, 1, 1)),
    ],
)
def test_the_floor_is_the_first_of_a_month(months: int, today: date, floor: date) -> None:
    assert floor_for(months, today) == floor
