"""The other side of `benchmarks.engine`: the same work by chDB in one process, without a server between.

Rows are encoded and decoded by clickhouse-driver's own code, so that both sides pay the same for it.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import chdb

from benchmarks.driver_blocks import decode


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
                yield from decode(bytes(chunk.bytes()))

    def close(self) -> None:
        self._connection.close()
