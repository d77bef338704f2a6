"""No statement of the product compares parts of a second with a whole one."""

import re

import pytest

from tests.unit.repository.sources import product_sources
from warehouse.instants import instant
from warehouse.tables import TABLES

FINE = {name for table in TABLES for name, kind in table.columns.items() if kind.startswith("DateTime64")}
# What a placeholder stands for is not known here: it is to be seen that it is an instant.
COARSE = re.compile(rf"\b({'|'.join(FINE)})\s*[<>]=?\s*(toDateTime\(|now\(|'|%\(|\{{(?!instant\())")


def test_nothing_of_the_product_does() -> None:
    assert [
        (str(path), found[0]) for path in product_sources() for found in COARSE.finditer(path.read_text())
    ] == []


@pytest.mark.parametrize(
    "sql",
    [
        "occurred_at < toDateTime(%(last)s, 'UTC')",
        "occurred_at >= {first}",
        "received_at > now()",
        "through<='2026-01-01 00:00:00'",
    ],
)
def test_the_search_would_find_it(sql: str) -> None:
    assert COARSE.search(sql)


def test_an_instant_passes() -> None:
    assert not COARSE.search(f"occurred_at < {instant('%(last)s')} AND occurred_at >= {{instant(first)}}")
