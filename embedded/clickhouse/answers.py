"""Makes of the engine's blocks what a client expects: names and types first, then the rows."""

import itertools
from collections.abc import Callable, Generator, Iterable, Iterator

from embedded.clickhouse import protocol
from embedded.clickhouse.blocks import empty_block, split_blocks, with_types
from embedded.clickhouse.engine import Block, EngineConnection
from embedded.clickhouse.errors import ProtocolError, QueryError

Columns = list[tuple[str, str]]

# The engine's blocks say so for `DateTime('Europe/Berlin')` too, and the zone would be lost.
ZONE_UNTOLD = "DateTime"


def packets(
    connection: EngineConnection, aside: Callable[[], EngineConnection], sql: str
) -> Generator[bytes | memoryview, None, None]:
    """The answer to a question, which has columns even when it has no rows.

    `aside` gives a second connection with the same settings: one that streams can answer nothing else.
    """
    answer = connection.stream(sql)
    first = next(answer, None)
    if first is None:
        yield from _data(empty_block(connection.columns_of_answer(sql)))
        return
    written = _columns_of(first)
    columns = _told_in_full(written, aside, sql)
    types = [type_ for _, type_ in columns] if columns != written else []
    yield from _data(empty_block(columns))
    yield from _rows(itertools.chain([first], answer), types if written else [])


def packets_of_result(blocks: Iterator[Block]) -> Iterator[bytes | memoryview]:
    """What a statement leaves that is not a question; often nothing."""
    for block in blocks:
        yield from _data(empty_block(_columns_of(block)))
        yield from _rows(itertools.chain([block], blocks), [])


def _told_in_full(written: Columns, aside: Callable[[], EngineConnection], sql: str) -> Columns:
    if written and all(type_ != ZONE_UNTOLD for _, type_ in written):
        return written
    try:
        return aside().columns_of_answer(sql)
    except QueryError:  # a temporary table, seen by the first connection alone
        return written


def _rows(blocks: Iterable[Block], types: list[str]) -> Iterator[bytes | memoryview]:
    rows = count = size = 0
    for block in blocks:
        yield from _data(*([block.data] if not types else with_types(block.data, types)))
        rows, count, size = rows + block.rows, count + 1, size + len(block.data)
    yield protocol.profile_info(rows, count, size)


def _data(*pieces: bytes | memoryview) -> Iterator[bytes | memoryview]:
    yield protocol.DATA
    yield from pieces


def _columns_of(block: Block) -> Columns:
    """As the block tells them; nothing if it has a column that we cannot pass over."""
    try:
        return list(next(split_blocks(block.data))[1].columns)
    except ProtocolError:
        return []
