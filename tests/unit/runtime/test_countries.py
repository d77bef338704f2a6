"""The closed list of countries."""

from runtime.countries import COUNTRIES


def test_the_list_has_the_249_codes_of_iso_3166_1() -> None:
    assert len(COUNTRIES) == 249
    assert {"DE", "IN", "TW", "ZW"} <= COUNTRIES


def test_codes_that_are_only_reserved_are_not_in_it() -> None:
    assert COUNTRIES.isdisjoint({"UK", "EU", "XK", "AN", "SU"})
