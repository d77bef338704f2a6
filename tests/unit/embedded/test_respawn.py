"""How long a process that dies is waited for."""

import pytest

from embedded.respawn import Patience


@pytest.mark.parametrize(
    ("quick_deaths", "seconds"), [(1, 0), (2, 0), (3, 0), (4, 1), (5, 2), (6, 4), (7, 8), (8, 16), (9, 30)]
)
def test_three_quick_deaths_are_free_then_the_wait_doubles_up_to_a_bound(
    quick_deaths: int, seconds: float
) -> None:
    assert Patience().wait(quick_deaths) == seconds


def test_deaths_count_as_quick_only_before_the_process_has_settled() -> None:
    patience = Patience(settled=20)

    assert patience.quick_deaths(before=4, ready_for=19) == 5
    assert patience.quick_deaths(before=4, ready_for=21) == 1


def test_the_tenth_quick_death_is_the_last() -> None:
    patience = Patience()

    assert not patience.exhausted(9)
    assert patience.exhausted(10)
