"""Amounts are spelled one way, and the currencies are a closed list."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.money import CURRENCIES, LARGEST_AMOUNT, MINOR_UNITS, amount_text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0.00"),
        ("12.3", "12.30"),
        ("12.340000", "12.34"),
        ("0.000125", "0.000125"),
        ("0.100100", "0.1001"),
        ("1E+3", "1000.00"),
        ("0.0000005", "0.00"),
        ("0.0000015", "0.000002"),
        ("999999999999.999999", "999999999999.999999"),
    ],
)
def test_an_amount_has_two_to_six_decimals_and_no_idle_zeros(amount: str, text: str) -> None:
    assert amount_text(Decimal(amount)) == text


@given(st.decimals(min_value=0, max_value=LARGEST_AMOUNT, places=6))
def test_an_amount_reads_back_as_what_it_was(amount: Decimal) -> None:
    assert Decimal(amount_text(amount)) == amount


def test_currencies_are_known_with_their_smallest_unit() -> None:
    assert MINOR_UNITS["EUR"] == 2
    assert MINOR_UNITS["JPY"] == 0
    assert MINOR_UNITS["KWD"] == 3


def test_what_nobody_is_billed_in_is_no_currency() -> None:
    assert CURRENCIES.isdisjoint({"XXX", "XTS", "XAU", "eur", "", "EU"})
    assert all(len(code) == 3 and code.isupper() for code in CURRENCIES)
