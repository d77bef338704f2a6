"""The chDB engine: one for the process, one connection of it for each client."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from embedded.clickhouse.blocks import split_blocks
from embedded.clickhouse.configuration import Limits, configuration_xml
from embedded.clickhouse.errors import QueryError, query_error
from embedded.clickhouse.protocol import Progress
from embedded.clickhouse.statements import identifier, literal, without_semicolon
from runtime.unneeded import without

with without("pyarrow"):  # it would make answers of a kind that nobody asks us for, and loads numpy
    import chdb
    from chdb import _chdb

LIBRARY: Any = _chdb  # its stubs lack most of it
NOT_STREAMED = "Streaming query is not supported for query"
KILL = """KILL QUERY WHERE query_id IN (
    SELECT query_id FROM system.processes WHERE Settings['chdb_client_name'] = {name}
) ASYNC"""
ALWAYS = {"implicit_select": "0", "allow_introspection_functions": "0"}


class Block(NamedTuple):
    data: memoryview
    rows: int


class Nature(NamedTuple):
    """What the engine's parser says of a statement without running it."""

    only_reads: bool
    statements: int


class Engine:
    """Opening takes 0.1 s; a second process on the same folder is refused with code 36."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        LIBRARY.reset_signal_handlers()
        LIBRARY.set_signal_handlers_enabled(0)
        folder.mkdir(parents=True, exist_ok=True)
        configuration = folder / "engine.xml"
        configuration.write_text(configuration_xml(limits))
        self._location = f"{folder / 'store'}?config-file={configuration}"
        self._control = self.open("control", {})
        self._control_lock = Lock()
        self.version, self.timezone = self._control.value("SELECT version(), timezone()").split("\t")

    def open(self, name: str, settings: Mapping[str, str], database: str = "") -> "EngineConnection":
        """A connection that `kill` knows by its name. The settings are in force in the order given."""
        connection = EngineConnection(_reported(chdb.connect, self._location))
        try:
            if database:
                connection.run(f"USE {identifier(database)}")
            connection.set({**ALWAYS, "chdb_client_name": name, **settings})
        except QueryError:
            connection.close()
            raise
        return connection

    def kill(self, name: str) -> None:
        """Ask the connection's running query to stop, and return at once; it fails with code 394."""
        with self._control_lock, suppress(QueryError):
            self._control.run(KILL.format(name=literal(name)))

    def give_memory_back(self) -> None:
        with self._control_lock, suppress(QueryError):
            self._control.run("SYSTEM JEMALLOC PURGE")

    def close(self) -> None:
        """Blocks until background work has stopped. Every connection must be closed before."""
        with self._control_lock:
            self._control.close()


class EngineConnection:
    """To be used by one thread at a time. Every method raises QueryError."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def nature(self, sql: str) -> Nature:
        told = self._connection._conn.classify_query(sql)
        return Nature(told["query_class"] == LIBRARY.query_class.READ_ONLY, told["statement_count"])

    def set(self, settings: Mapping[str, str | None]) -> None:
        """The values are taken as text, whatever their type; None goes back to the default."""
        if settings:
            changes = ", ".join(f"{name} = {_value(value)}" for name, value in settings.items())
            self.run(f"SET {changes}")

    def run(self, sql: str) -> Iterator[Block]:
        """Run a statement to its end, then hand over its blocks."""
        result = _reported(self._connection.query, sql, "Native")
        return _blocks_of(result)

    def stream(self, sql: str) -> Iterator[Block]:
        """Blocks as they are made, in bounded memory. Close the iterator to abandon the query."""
        try:
            result = _reported(self._connection.send_query, sql, "Native")
        except QueryError as error:
            if NOT_STREAMED not in error.message:
                raise
            yield from self.run(sql)
            return
        try:
            while (chunk := _reported(result.fetch)) is not None:
                yield Block(chunk.get_memview().view(), chunk.rows_read())
        finally:
            with suppress(RuntimeError):
                result.cancel()

    def value(self, sql: str) -> str:
        """One line of text."""
        return bytes(_reported(self._connection.query, sql, "TSVRaw").bytes()).decode().rstrip("\n")

    def columns_of_table(self, target: str) -> list[tuple[str, str]]:
        """Names and types of the columns that an insert can fill."""
        rows = self._rows(f"DESCRIBE TABLE {target}")
        return [(row[0], row[1]) for row in rows if row[2] not in ("MATERIALIZED", "ALIAS")]

    def columns_of_answer(self, sql: str) -> list[tuple[str, str]]:
        """Names and types of an empty answer, which the engine does not tell by itself."""
        try:
            return [(row[0], row[1]) for row in self._rows(f"DESCRIBE (\n{without_semicolon(sql)}\n)")]
        except QueryError:  # SHOW, EXISTS and their like cannot be described; they are cheap to ask again
            names, types = self._rows(sql, "JSONCompactEachRowWithNamesAndTypes")[:2]
            return list(zip(names, types, strict=True))

    def on_progress(self, callback: Callable[[Progress], None] | None) -> None:
        """Called about ten times a second, in the thread that runs the query."""
        if callback is None:
            self._connection.set_progress_callback(None)
        else:
            self._connection.set_progress_callback(lambda told: callback(_progress(told)))

    def close(self) -> None:
        """Blocks while a query of this connection runs."""
        with suppress(RuntimeError):
            self._connection.close()

    def _rows(self, sql: str, text_format: str = "JSONCompactEachRow") -> list[list[str]]:
        text = bytes(_reported(self._connection.query, sql, text_format).bytes())
        return [json.loads(line) for line in text.splitlines()]


def _value(value: str | None) -> str:
    return "DEFAULT" if value is None else literal(value)


def _reported(action: Callable[..., Any], *arguments: Any) -> Any:
    """The engine's errors as ours. It raises RuntimeError, and ValueError for a text that it cannot take."""
    try:
        return action(*arguments)
    except (RuntimeError, ValueError) as error:
        raise query_error(str(error)) from None


def _blocks_of(result: Any) -> Iterator[Block]:
    data = result.get_memview().view()
    for block, shape in split_blocks(data):
        yield Block(block, shape.rows)


def _progress(told: Mapping[str, int]) -> Progress:
    return Progress(
        told["read_rows"],
        told["read_bytes"],
        told["total_rows_to_read"],
        told["written_rows"],
        told["written_bytes"],
    )
