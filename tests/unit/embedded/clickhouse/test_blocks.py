"""Finding where a block ends, held against blocks that clickhouse-driver wrote."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.driver_blocks import encode
from embedded.clickhouse.blocks import MAX_COLUMNS, empty_block, skip_block, split_blocks, with_types
from embedded.clickhouse.encoding import text, varint
from embedded.clickhouse.errors import NOT_IMPLEMENTED, ProtocolError
from embedded.clickhouse.wire import Incoming
from tests.texts import texts

FIXED = settings(derandomize=True, database=None)
TYPES: dict[str, st.SearchStrategy[Any]] = {
    "UInt8": st.integers(0, 255),
    "Int256": st.integers(-(2**255), 2**255 - 1),
    "Float64": st.floats(allow_nan=False),
    "Decimal(38, 10)": st.integers(-(10**20), 10**20),
    "Decimal(9, 2)": st.integers(-(10**6), 10**6),
    "String": texts(max_size=300),
    "FixedString(3)": st.just("abc"),
    "Enum8('a,b' = 1, '(' = 2)": st.sampled_from(["a,b", "("]),
    "Nullable(String)": st.none() | texts(max_size=5),
    "LowCardinality(String)": texts(max_size=3),
    "LowCardinality(Nullable(String))": st.none() | texts(max_size=3),
    "Array(UInt16)": st.lists(st.integers(0, 65535), max_size=5),
    "Array(Array(String))": st.lists(st.lists(texts(max_size=3), max_size=3), max_size=3),
    "Array(LowCardinality(String))": st.lists(texts(max_size=2), max_size=4),
    "Map(String, Array(Int8))": st.dictionaries(
        st.sampled_from(["", "k", "key", "ü"]), st.lists(st.integers(0, 5), max_size=2), max_size=3
    ),
    "Tuple(String, UInt8)": st.tuples(texts(max_size=3), st.integers(0, 255)),
    "Tuple(a LowCardinality(String), `b c` UInt8)": st.tuples(texts(max_size=3), st.integers(0, 255)),
    "SimpleAggregateFunction(sum, UInt64)": st.integers(0, 2**64 - 1),
}
AFTER = b"what comes next"


def reading(data: bytes, at_once: int = 1 << 20) -> Incoming:
    """A buffer that is refilled by a few bytes at a time."""
    rest = memoryview(data)

    def receive_into(buffer: bytearray) -> int:
        nonlocal rest
        size = min(at_once, len(buffer), len(rest))
        buffer[:size], rest = rest[:size], rest[size:]
        return size

    return Incoming(receive_into, 64 if at_once < 64 else 1 << 16)


@FIXED
@given(data=st.data(), at_once=st.sampled_from([1, 7, 50, 1 << 20]))
@pytest.mark.parametrize("type_", TYPES)
def test_the_end_of_a_block_is_found_whatever_its_type(type_: str, data: st.DataObject, at_once: int) -> None:
    values = data.draw(st.lists(TYPES[type_], min_size=1, max_size=10))
    block = encode([("before", "String"), ("value", type_)], [["x"] * len(values), list(values)])
    incoming = reading(block + AFTER, at_once)

    shape = skip_block(incoming)

    assert shape.columns == (("before", "String"), ("value", type_))
    assert shape.rows == len(values)
    assert bytes(incoming.read(len(AFTER))) == AFTER


@FIXED
@given(values=st.lists(texts(max_size=200), min_size=1, max_size=30), at_once=st.integers(1, 100))
def test_a_copied_block_is_the_same_block(values: list[str], at_once: int) -> None:
    block = encode([("a", "String"), ("b", "UInt8")], [list(values), [1] * len(values)])
    copy = bytearray()

    class Sink:
        write = staticmethod(copy.extend)

    skip_block(reading(block + AFTER, at_once), Sink())

    assert bytes(copy) == block


def test_the_empty_block_ends_the_data_and_is_not_copied() -> None:
    copy = bytearray()

    class Sink:
        write = staticmethod(copy.extend)

    assert skip_block(reading(b"\0\0"), Sink()).is_last
    assert not copy


def test_a_block_without_rows_is_its_names_and_types() -> None:
    columns = (("a", "UInt8"), ("b c", "LowCardinality(String)"))

    shape = skip_block(reading(empty_block(columns)))

    assert shape.columns == columns
    assert not shape.rows
    assert not shape.is_last


def test_blocks_that_stand_one_behind_the_other_are_told_apart() -> None:
    one = encode([("a", "String")], [["x", "y"]])
    two = encode([("a", "String")], [["z" * 300_000]])

    found = list(split_blocks(memoryview(one + two)))

    assert [bytes(data) for data, _ in found] == [one, two]
    assert [shape.rows for _, shape in found] == [2, 1]


def test_types_can_be_told_anew_without_touching_a_value() -> None:
    written = encode([("a", "String"), ("b", "UInt32"), ("c", "String")], [["x", "y"], [1, 2], ["u", "v"]])
    wanted = encode([("a", "String"), ("b", "Int32"), ("c", "String")], [["x", "y"], [1, 2], ["u", "v"]])

    assert b"".join(with_types(memoryview(written), ["String", "Int32", "String"])) == wanted


@pytest.mark.parametrize(
    "type_", ["JSON", "Dynamic", "Variant(UInt8, String)", "AggregateFunction(sum, UInt8)"]
)
def test_a_type_whose_end_cannot_be_found_is_refused_by_name(type_: str) -> None:
    with pytest.raises(ProtocolError, match="cannot be inserted") as raised:
        skip_block(reading(varint(1) + varint(1) + text("a") + text(type_)))

    assert raised.value.code == NOT_IMPLEMENTED
    assert type_ in raised.value.message


@pytest.mark.parametrize(
    "block",
    [
        varint(MAX_COLUMNS + 1) + varint(1),
        varint(1) + varint(1) + varint(1 << 40),
        varint(1) + varint(1) + text("a") + text("FixedString(x)"),
        varint(1) + varint(1) + text("a") + text("FixedString"),
        varint(1) + varint(1) + text("a") + text("Decimal(99, 2)"),
        varint(1) + varint(1) + text("a") + text("Array(" * 100 + "UInt8" + ")" * 100),
        varint(1) + varint(1) + text("a") + text("LowCardinality(String)") + b"\xff" * 16,
    ],
)
def test_nonsense_is_refused_before_anything_is_allocated(block: bytes) -> None:
    with pytest.raises(ProtocolError):
        skip_block(reading(block + b"\xff" * 64))


def test_a_block_that_breaks_off_is_an_end_of_file() -> None:
    block = encode([("a", "String")], [["x" * 1000]])

    for end in range(0, len(block), 37):
        with pytest.raises(EOFError):
            skip_block(reading(block[:end]))
