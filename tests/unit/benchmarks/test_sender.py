"""Senders that share a rate send all of it."""

import pytest

from benchmarks.pipeline.sender import shares


@pytest.mark.parametrize(
    ("rate", "senders", "expected"),
    [(2_000, 1, [2_000]), (2_000, 3, [667, 667, 666]), (5_000, 4, [1_250] * 4)],
)
def test_what_does_not_divide_is_shared_too(rate: int, senders: int, expected: list[int]) -> None:
    assert shares(rate, senders) == expected
    assert sum(shares(rate, senders)) == rate
