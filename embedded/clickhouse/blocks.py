"""Native blocks: where each one ends, found without decoding its values.

A column first writes the prefixes of all its parts, then their data; with no rows it writes nothing.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple, Protocol

from embedded.clickhouse import encoding
from embedded.clickhouse.errors import NOT_IMPLEMENTED, ProtocolError
from embedded.clickhouse.wire import BUFFER, Incoming, Sink

MAX_COLUMNS = 10_000
MAX_NAME = 64 * 1024
MAX_DEPTH = 16

WIDTHS = {
    **{f"{sign}Int{bits}": bits // 8 for sign in ("", "U") for bits in (8, 16, 32, 64, 128, 256)},
    "Float32": 4,
    "Float64": 8,
    "BFloat16": 2,
    "Bool": 1,
    "Date": 2,
    "Date32": 4,
    "DateTime": 4,
    "DateTime64": 8,
    "Time": 4,
    "Time64": 8,
    "UUID": 16,
    "IPv4": 4,
    "IPv6": 16,
    "Enum8": 1,
    "Enum16": 2,
    "Nothing": 1,
    "Decimal32": 4,
    "Decimal64": 8,
    "Decimal128": 16,
    "Decimal256": 32,
}
DECIMAL_WIDTHS = ((9, 4), (18, 8), (38, 16), (76, 32))
INDEX_WIDTHS = (1, 2, 4, 8)


class BlockShape(NamedTuple):
    """What a block says of itself before its values."""

    columns: tuple[tuple[str, str], ...]  # names and types
    rows: int

    @property
    def is_last(self) -> bool:
        """An empty block ends a client's data."""
        return not self.columns and not self.rows


class Column(Protocol):
    def skip_prefix(self, incoming: Incoming) -> None: ...

    def skip(self, incoming: Incoming, rows: int) -> None: ...


class Fixed(NamedTuple):
    width: int

    def skip_prefix(self, incoming: Incoming) -> None:
        """Nothing comes before the values."""

    def skip(self, incoming: Incoming, rows: int) -> None:
        incoming.skip(rows * self.width)


class Strings(NamedTuple):
    def skip_prefix(self, incoming: Incoming) -> None:
        """Nothing comes before the values."""

    def skip(self, incoming: Incoming, rows: int) -> None:
        incoming.skip_strings(rows)


class Nullable(NamedTuple):
    inner: Column

    def skip_prefix(self, incoming: Incoming) -> None:
        self.inner.skip_prefix(incoming)

    def skip(self, incoming: Incoming, rows: int) -> None:
        incoming.skip(rows)
        self.inner.skip(incoming, rows)


class Array(NamedTuple):
    """Where each row's values end, then the values of all rows."""

    inner: Column

    def skip_prefix(self, incoming: Incoming) -> None:
        self.inner.skip_prefix(incoming)

    def skip(self, incoming: Incoming, rows: int) -> None:
        if rows:
            incoming.skip((rows - 1) * 8)
            self.inner.skip(incoming, incoming.uint64())


class Tuple(NamedTuple):
    inner: tuple[Column, ...]

    def skip_prefix(self, incoming: Incoming) -> None:
        for column in self.inner:
            column.skip_prefix(incoming)

    def skip(self, incoming: Incoming, rows: int) -> None:
        for column in self.inner:
            column.skip(incoming, rows)


class LowCardinality(NamedTuple):
    """A dictionary of values, then for each row its place in it."""

    inner: Column

    def skip_prefix(self, incoming: Incoming) -> None:
        incoming.skip(8)

    def skip(self, incoming: Incoming, rows: int) -> None:
        if not rows:
            return
        index_type = incoming.uint64() & 0xFF
        if index_type >= len(INDEX_WIDTHS):
            raise ProtocolError(f"A LowCardinality column with the unknown index type {index_type}.")
        self.inner.skip(incoming, incoming.uint64())
        incoming.skip(incoming.uint64() * INDEX_WIDTHS[index_type])


def skip_block(incoming: Incoming, sink: Sink | None = None) -> BlockShape:
    """Pass over one block, copying it into `sink` if it has rows.

    Raises ProtocolError for a type that cannot be passed over: where its block ends is then unknown.
    """
    columns, rows = incoming.varint(), incoming.varint()
    if columns > MAX_COLUMNS:
        raise ProtocolError(f"A block of {columns} columns.")
    if rows and sink is not None:
        counts = encoding.varint(columns) + encoding.varint(rows)
        sink.write(memoryview(counts))
        incoming.copy_into(sink)
    try:
        passed = [_skip_column(incoming, rows) for _ in range(columns)]
    finally:
        incoming.copy_into(None)
    return BlockShape(tuple(passed), rows)


def split_blocks(data: memoryview) -> Iterator[tuple[memoryview, BlockShape]]:
    """The blocks that stand one behind the other in `data`."""
    incoming = _FromMemory(data)
    start = 0
    while start < len(data):
        shape = skip_block(incoming)
        yield data[start : incoming.offset], shape
        start = incoming.offset


def with_types(block: memoryview, types: list[str]) -> Iterator[bytes | memoryview]:
    """The same block in pieces, its columns said to be of these types."""
    incoming = _FromMemory(block)
    _columns, rows = incoming.varint(), incoming.varint()
    start = 0
    for type_ in types:
        incoming.text(MAX_NAME)
        yield block[start : incoming.offset]
        yield encoding.text(type_)
        column = column_of(incoming.text(MAX_NAME))
        start = incoming.offset
        column.skip_prefix(incoming)
        column.skip(incoming, rows)
    yield block[start:]


def empty_block(columns: Iterable[tuple[str, str]]) -> bytes:
    """A block that tells names and types and has no rows."""
    described = [encoding.text(name) + encoding.text(type_) for name, type_ in columns]
    return encoding.varint(len(described)) + encoding.varint(0) + b"".join(described)


class _FromMemory(Incoming):
    """Reads what is at hand already."""

    def __init__(self, data: memoryview) -> None:
        super().__init__(self._receive, min(len(data), BUFFER))
        self._rest = data
        self._passed = 0

    @property
    def offset(self) -> int:
        return self._passed - self.unread

    def _receive(self, buffer: bytearray) -> int:
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        self._passed += size
        return size


def _skip_column(incoming: Incoming, rows: int) -> tuple[str, str]:
    name, type_ = incoming.text(MAX_NAME), incoming.text(MAX_NAME)
    column = column_of(type_)
    if rows:
        column.skip_prefix(incoming)
        column.skip(incoming, rows)
    return name, type_


@lru_cache(maxsize=4096)
def column_of(type_: str, depth: int = 0) -> Column:
    """How to pass over a column of a type, written as the engine writes it."""
    if depth > MAX_DEPTH:
        raise ProtocolError("A column type is nested too deeply.")
    name, arguments = _name_and_arguments(type_)
    if name in WIDTHS:
        return Fixed(WIDTHS[name])
    if name == "String":
        return Strings()
    if name == "FixedString":
        return Fixed(_number(type_, arguments))
    if name == "Decimal":
        return Fixed(_decimal_width(type_, arguments))
    if name.startswith("Interval"):
        return Fixed(8)
    return _compound(type_, name, arguments, depth + 1)


def _compound(type_: str, name: str, arguments: list[str], depth: int) -> Column:
    inner = tuple(column_of(_without_name(argument), depth) for argument in _types_among(name, arguments))
    match name, len(inner):
        case "Nullable", 1:
            return Nullable(inner[0])
        case "Array", 1:
            return Array(inner[0])
        case "Map", 2:
            return Array(Tuple(inner))
        case "Nested", count if count:
            return Array(Tuple(inner))
        case "Tuple", count if count:
            return Tuple(inner)
        case "LowCardinality", 1:
            dictionary = inner[0]
            return LowCardinality(dictionary.inner if isinstance(dictionary, Nullable) else dictionary)
        case "SimpleAggregateFunction", 1:
            return inner[0]
    raise ProtocolError(f"Columns of type {type_} cannot be inserted through this server.", NOT_IMPLEMENTED)


def _types_among(name: str, arguments: list[str]) -> list[str]:
    if name == "SimpleAggregateFunction":
        return arguments[1:]  # the first names the function
    compounds = ("Nullable", "Array", "Map", "Nested", "Tuple", "LowCardinality")
    return arguments if name in compounds else []


def _name_and_arguments(type_: str) -> tuple[str, list[str]]:
    name, bracket, rest = type_.partition("(")
    if not bracket:
        return name.strip(), []
    return name.strip(), list(_split(rest.rstrip().removesuffix(")")))


_PIECE = re.compile(r"'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|[(),]|[^(),'`]+|.", re.DOTALL)


def _split(arguments: str) -> Iterator[str]:
    """At the commas outside of brackets and quotes."""
    depth = 0
    current = ""
    for piece in _PIECE.findall(arguments):
        depth += (piece == "(") - (piece == ")")
        if piece == "," and not depth:
            yield current.strip()
            current = ""
        else:
            current += piece
    if current.strip():
        yield current.strip()


_NAMED = re.compile(r"(?:`(?:[^`\\]|\\.)*`|\w+)\s+(?=[A-Z])")


def _without_name(argument: str) -> str:
    """The elements of a Tuple may have names: `a Int8`, `b c` String."""
    return _NAMED.sub("", argument, count=1) if _NAMED.match(argument) else argument


def _number(type_: str, arguments: list[str]) -> int:
    if len(arguments) != 1 or not arguments[0].isdigit():
        raise ProtocolError(f"{type_[:100]} is not a type.")
    return int(arguments[0])


def _decimal_width(type_: str, arguments: list[str]) -> int:
    precision = _number(type_, arguments[:1])
    for limit, width in DECIMAL_WIDTHS:
        if precision <= limit:
            return width
    raise ProtocolError(f"{type_[:100]} is not a type.")
