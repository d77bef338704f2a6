"""What is inserted comes back the same, for every type that the schema may use."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from clickhouse_driver import Client

BERLIN, KATHMANDU = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu")
SOME_ID = UUID("12345678-9abc-def0-1234-56789abcdef0")
MOMENT = datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC)

VALUES: dict[str, list[Any]] = {
    **{f"Int{bits}": [-(2 ** (bits - 1)), 0, 2 ** (bits - 1) - 1] for bits in (8, 16, 32, 64, 128, 256)},
    **{f"UInt{bits}": [0, 1, 2**bits - 1] for bits in (8, 16, 32, 64, 128, 256)},
    "Float32": [0.0, -1.25, 3.5],
    "Float64": [0.0, -1e300, 3.141592653589793],
    "Bool": [True, False, True],
    "Decimal(9, 2)": [Decimal("-9999999.99"), Decimal("0.01")],
    "Decimal(18, 4)": [Decimal("99999999999999.9999")],
    "Decimal(38, 10)": [Decimal("-1234567890123456789012345678.0123456789")],
    "Decimal(76, 20)": [Decimal("1" * 50 + "." + "2" * 20)],
    "Date": [date(1970, 1, 2), date(2149, 6, 6)],
    "Date32": [date(1900, 1, 1), date(2299, 12, 31)],
    "DateTime": [datetime(2026, 1, 2, 3, 4, 5)],  # noqa: DTZ001
    "DateTime('Europe/Berlin')": [MOMENT.astimezone(BERLIN)],
    "DateTime64(3, 'UTC')": [MOMENT + timedelta(milliseconds=7)],
    "DateTime64(6, 'Asia/Kathmandu')": [(MOMENT + timedelta(microseconds=7)).astimezone(KATHMANDU)],
    "UUID": [UUID(int=0), SOME_ID],
    "String": ["", "x", "naïve ☃", "quote ' and \\ and\ttab\n", "\0", "long " * 20_000],
    "FixedString(5)": ["abcde", "12345"],
    "LowCardinality(String)": ["a", "b", "a", ""],
    "LowCardinality(FixedString(2))": ["ab", "cd", "ab"],
    "Nullable(Int32)": [None, -5, None],
    "Nullable(String)": [None, "", "x"],
    "Nullable(UUID)": [SOME_ID, None],
    "Nullable(Decimal(18, 4))": [None, Decimal("1.5000")],
    "Nullable(DateTime64(3, 'UTC'))": [None, MOMENT],
    "LowCardinality(Nullable(String))": [None, "a", None, "", "b"],
    "Array(UInt32)": [[], [1, 2, 3], [4]],
    "Array(String)": [["a", "bc"], [], [""]],
    "Array(Nullable(Float64))": [[None, 1.5], []],
    "Array(Array(Int8))": [[[1], [], [2, 3]], []],
    "Array(LowCardinality(String))": [["x", "y"], [], ["x"]],
    "Array(LowCardinality(Nullable(String)))": [["x", None], []],
    "Array(Tuple(String, UInt8))": [[("a", 1), ("b", 2)], []],
    "Map(String, UInt64)": [{}, {"a": 1, "b": 2}],
    "Map(LowCardinality(String), Array(Int32))": [{"a": [1, 2]}, {}, {"b": []}],
    "Enum8('meta' = 1, 'google, ads' = 2)": ["meta", "google, ads"],
    "Enum16('a\\'b' = -300, '(' = 300)": ["a'b", "("],
    "Tuple(Int32, String)": [(1, "a"), (-1, "")],
    "Tuple(LowCardinality(String), LowCardinality(String))": [("a", "b"), ("b", "a")],
    "IPv4": [IPv4Address("127.0.0.1"), IPv4Address("255.255.255.255")],
    "IPv6": [IPv6Address("::1"), IPv6Address("2001:db8::ff")],
    "SimpleAggregateFunction(sum, UInt64)": [1, 2**64 - 1],
}


@pytest.mark.parametrize("type_", VALUES)
def test_values_come_back_as_they_were_inserted(client: Client, type_: str) -> None:
    values = VALUES[type_]
    client.execute(
        f"CREATE TABLE t (place UInt32, value {type_}, after String) ENGINE = MergeTree ORDER BY place"
    )

    client.execute("INSERT INTO t VALUES", [(at, value, "end") for at, value in enumerate(values)])

    rows, columns = client.execute("SELECT value, after FROM t ORDER BY place", with_column_types=True)
    assert rows == [(value, "end") for value in values]
    assert columns == [("value", type_), ("after", "String")]


def test_a_tuple_with_named_elements_comes_back(client: Client) -> None:
    client.execute("CREATE TABLE t (value Tuple(a Int32, `b c` LowCardinality(String))) ENGINE = Memory")

    client.execute("INSERT INTO t VALUES", [((1, "x"),), ((2, "y"),)])

    assert client.execute("SELECT value.a, value.`b c` FROM t ORDER BY 1") == [(1, "x"), (2, "y")]


def test_nested_columns_are_filled_by_their_dotted_names(client: Client) -> None:
    client.execute("CREATE TABLE t (n Nested(a Int8, b String)) ENGINE = Memory")

    client.execute("INSERT INTO t (n.a, `n.b`) VALUES", [([1, 2], ["x", "y"])])

    assert client.execute("SELECT n.a, n.b FROM t") == [([1, 2], ["x", "y"])]


@pytest.mark.parametrize("distinct", [2, 300, 70_000])
def test_dictionaries_of_every_index_width_come_back(client: Client, distinct: int) -> None:
    client.execute("CREATE TABLE t (value LowCardinality(String)) ENGINE = Memory")
    values = [f"word {at}" for at in range(distinct)]

    client.execute("INSERT INTO t VALUES", [values * 2], columnar=True)

    assert client.execute("SELECT count(), uniqExact(value) FROM t") == [(2 * distinct, distinct)]
