"""Blocks of rows as clickhouse-driver itself writes and reads them, without a connection."""

from typing import Any

from clickhouse_driver import defines
from clickhouse_driver.block import ColumnOrientedBlock
from clickhouse_driver.bufferedreader import BufferedReader
from clickhouse_driver.bufferedwriter import BufferedSocketWriter
from clickhouse_driver.connection import ServerInfo
from clickhouse_driver.context import Context
from clickhouse_driver.streams.native import BlockInputStream, BlockOutputStream

REVISION_OF_A_FILE = 0  # a file of blocks has no packets and no block info


def encode(columns: list[tuple[str, str]], values: list[list[Any]]) -> bytes:
    """A block; the driver may change the lists of values on its way."""
    pieces = _Pieces()
    stream = BlockOutputStream(BufferedSocketWriter(pieces, defines.BUFFER_SIZE), _context())
    stream.write(ColumnOrientedBlock(columns, values))
    return b"".join(pieces)


def decode(block: bytes) -> Any:
    """Its rows."""
    return BlockInputStream(_Whole(block), _context()).read().get_rows()


def _context() -> Context:
    context = Context()
    context.client_settings = {
        "strings_as_bytes": False,
        "strings_encoding": defines.STRINGS_ENCODING,
        "use_numpy": False,
        "input_format_null_as_default": False,
        "opentelemetry_traceparent": None,
        "opentelemetry_tracestate": "",
        "quota_key": "",
        "namedtuple_as_json": True,
        "server_side_params": False,
    }
    context.settings = {}
    context.server_info = ServerInfo("", 0, 0, 0, REVISION_OF_A_FILE, "UTC", "", REVISION_OF_A_FILE)
    return context


class _Whole(BufferedReader):  # type: ignore[misc]  # the driver ships no types
    """Reads what is at hand already."""

    def __init__(self, data: bytes) -> None:
        super().__init__(1)
        self.buffer = bytearray(data)
        self.current_buffer_size = len(data)

    def read_into_buffer(self) -> None:
        raise EOFError


class _Pieces(list[bytes]):
    """Stands where the driver's writer expects a socket."""

    sendall = list[bytes].append
