"""The other side of `benchmarks.engine`: the same work by chDB in one process, without a server between.

Rows are encoded and decoded by clickhouse-driver's own code, so that both sides pay the same for it.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import chdb
from clickhouse_driver import defines
from clickhouse_driver.block import ColumnOrientedBlock
from clickhouse_driver.bufferedreader import BufferedReader
from clickhouse_driver.bufferedwriter import BufferedSocketWriter
from clickhouse_driver.connection import ServerInfo
from clickhouse_driver.context import Context
from clickhouse_driver.streams.native import BlockInputStream, BlockOutputStream

REVISION_OF_A_FILE = 0  # a file of blocks has no packets and no block info


class DirectEngine:
    def __init__(self, folder: Path, configuration: Path) -> None:
        self._connection = chdb.connect(f"{folder}?config-file={configuration}")

    def run(self, sql: str) -> bytes:
        return bytes(self._connection.query(sql, "Native").bytes())

    def insert(self, table: str, blocks: bytes) -> None:
        descriptor = os.memfd_create("direct")
        with os.fdopen(descriptor, "wb") as file:
            file.write(blocks)
            file.flush()
            self.run(f"INSERT INTO {table} FROM INFILE '/proc/self/fd/{descriptor}' FORMAT Native")

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        with self._connection.send_query(sql, "Native") as chunks:
            for chunk in chunks:
                yield from _decode(bytes(chunk.bytes()))

    def close(self) -> None:
        self._connection.close()


def encode(columns: list[tuple[str, str]], values: list[list[Any]]) -> bytes:
    """A block as the driver writes it."""
    pieces = _Pieces()
    stream = BlockOutputStream(BufferedSocketWriter(pieces, defines.BUFFER_SIZE), _context())
    stream.write(ColumnOrientedBlock(columns, values))
    return b"".join(pieces)


def _decode(block: bytes) -> Any:
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
