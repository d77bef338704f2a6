"""An insert whose rows the client sends: taken in whole, then run, then acknowledged."""

from collections.abc import Iterator

from embedded.clickhouse import blocks, protocol
from embedded.clickhouse.engine import EngineConnection
from embedded.clickhouse.errors import (
    MEMORY_LIMIT_EXCEEDED,
    NO_SUCH_COLUMN_IN_TABLE,
    QUERY_WAS_CANCELLED,
    ProtocolError,
    QueryError,
)
from embedded.clickhouse.protocol import FromClient
from embedded.clickhouse.staging import Staging
from embedded.clickhouse.statements import InsertOfBlocks
from embedded.clickhouse.wire import Incoming


def header_of(connection: EngineConnection, insert: InsertOfBlocks) -> dict[str, str]:
    """Names and types of the columns that the client must send, in the order that it named them."""
    known = dict(connection.columns_of_table(insert.target))
    missing = [name for name in insert.columns if name not in known]
    if missing:
        raise QueryError(
            NO_SUCH_COLUMN_IN_TABLE,
            f"No such column {', '.join(missing)} in table {insert.target} (or it is computed).",
        )
    return {name: known[name] for name in insert.columns or known}


def receive(incoming: Incoming, staging: Staging, header: dict[str, str], limit: int) -> None:
    """All blocks are taken in before anything is refused: the client reads no answer until then.

    The engine would drop columns that it does not know without a word: the names must be those of the header.
    """
    strange: set[str] = set()
    for _, shape in client_blocks(incoming, staging):
        strange |= header.keys() ^ {name for name, _ in shape.columns}
        staging.rows += shape.rows
    if strange:
        raise QueryError(
            NO_SUCH_COLUMN_IN_TABLE,
            f"The columns of the inserted block are not those asked for: {', '.join(sorted(strange))}.",
        )
    if staging.size > limit:
        raise QueryError(
            MEMORY_LIMIT_EXCEEDED,
            f"An insert of {staging.size} bytes, where {limit} are allowed: send smaller ones.",
        )


def client_blocks(incoming: Incoming, staging: Staging | None) -> Iterator[tuple[str, blocks.BlockShape]]:
    """What the client sends up to its empty block, each with the name of its external table, if it is one."""
    while True:
        packet = incoming.varint()
        if packet == FromClient.CANCEL:
            raise QueryError(QUERY_WAS_CANCELLED, "The client cancelled its insert.")
        if packet != FromClient.DATA:
            raise ProtocolError(f"Packet {packet} of the client where a block was expected.")
        table = protocol.read_data_header(incoming)
        shape = blocks.skip_block(incoming, staging)
        if shape.is_last:
            return
        yield table, shape
