"""One client, from its greeting to its goodbye."""

import itertools
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from embedded.clickhouse import blocks, protocol, settings, statements
from embedded.clickhouse.configuration import Limits
from embedded.clickhouse.engine import Block, Engine, EngineConnection
from embedded.clickhouse.errors import (
    AUTHENTICATION_FAILED,
    MEMORY_LIMIT_EXCEEDED,
    NO_SUCH_COLUMN_IN_TABLE,
    NOT_IMPLEMENTED,
    QUERY_WAS_CANCELLED,
    READONLY,
    SYNTAX_ERROR,
    TOO_MANY_CONNECTIONS,
    ProtocolError,
    QueryError,
)
from embedded.clickhouse.protocol import FromClient, Progress, Query
from embedded.clickhouse.staging import Staging
from embedded.clickhouse.statements import InsertOfBlocks
from embedded.clickhouse.users import User
from embedded.clickhouse.watcher import Watcher
from embedded.clickhouse.wire import Incoming, Outgoing

GOODBYE_SECONDS = 1.0
PROGRESS_AFTER_SECONDS = 0.05  # that of a quicker statement travels with its answer


class House(NamedTuple):
    """What all sessions share."""

    engine: Engine
    users: dict[str, User]
    limits: Limits
    watcher: Watcher


class Session:
    def __init__(self, house: House, connection: socket.socket, name: str) -> None:
        self._house = house
        self._socket = connection
        self._name = name
        self._incoming = Incoming(connection.recv_into)
        self._outgoing = Outgoing(connection.sendall)
        self._progress: Progress | None = (
            None  # as far as it is told; None while no statement of the client runs
        )
        self._started = 0.0
        self._writer_settings = settings.WriterSettings()
        self._reader_settings: dict[str, str] = {}
        self._engine: EngineConnection | None = None
        self._database = ""
        self._user: User | None = None
        self._leaving = False
        self.busy = True

    def serve(self, *, full: bool) -> None:
        """Answer until the client leaves, breaks the protocol, or is silent for too long.

        `full`: there are too many connections already, and this one is told so.
        """
        try:
            self._greet(full)
            while not self._leaving:
                self._answer()
        except ProtocolError as error:
            self._refuse(error.code, str(error))
        except QueryError as error:
            self._refuse(error.code, error.message)
        except (EOFError, OSError):
            return
        finally:
            self._close()

    def leave(self) -> None:
        """Called by another thread: go as soon as no query runs."""
        self._leaving = True
        if not self.busy:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RD)

    def _greet(self, full: bool) -> None:
        """Who asks for the engine gets it only with a name, the password and a database that is there."""
        limits = self._house.limits
        self._socket.settimeout(limits.hello_seconds)
        if self._incoming.varint() != FromClient.HELLO:
            raise ProtocolError("This port speaks ClickHouse's native protocol, which begins with a hello.")
        hello = protocol.read_hello(self._incoming)
        if hello.revision < protocol.REVISION:
            raise ProtocolError(f"Clients older than revision {protocol.REVISION} are not served.")
        if full:
            raise QueryError(TOO_MANY_CONNECTIONS, f"All {limits.connections} connections are in use.")
        user = self._house.users.get(hello.user)
        if user is None or not user.accepts(hello.password):
            raise QueryError(
                AUTHENTICATION_FAILED,
                f"{hello.user}: Authentication failed: password is incorrect, or there is no such user.",
            )
        self._user, self._database = user, hello.database
        self._with_settings({})
        engine = self._house.engine
        self._say(protocol.server_hello(engine.version, engine.timezone))

    def _answer(self) -> None:
        """One packet of the client."""
        self.busy = False
        self._socket.settimeout(self._house.limits.idle_seconds)
        packet = self._incoming.varint()
        self.busy = True
        self._socket.settimeout(self._house.limits.packet_seconds)
        if packet == FromClient.PING:
            self._say(protocol.PONG)
        elif packet == FromClient.QUERY:
            self._query()
        elif packet != FromClient.CANCEL:  # a cancel that comes too late changes nothing
            raise ProtocolError(f"Packet {packet} of the client was not expected here.")

    def _query(self) -> None:
        query = protocol.read_query(self._incoming)
        if query.compressed:
            raise ProtocolError("This server speaks without compression: switch it off.", NOT_IMPLEMENTED)
        try:
            self._refuse_external_tables()
            self._run(query)
        except QueryError as error:
            self._outgoing.put(protocol.exception(error.code, error.message))
        self._outgoing.flush()

    def _refuse_external_tables(self) -> None:
        """After a query come the client's own tables; a block without columns ends them."""
        tables = [name for name, _ in self._client_blocks(None)]
        if tables:
            raise QueryError(NOT_IMPLEMENTED, "External tables are not taken by this server.")

    def _run(self, query: Query) -> None:
        heard = settings.heard(query.settings)
        token = heard.pop(settings.INSERT_TOKEN, None)
        connection = self._with_settings(heard)
        only_reads = self._check(connection, query.text)
        insert = statements.insert_of_blocks(query.text)
        if insert is not None:
            self._insert(connection, insert, token.value if token else None)
            return
        with self._interruptible():
            self._answer_statement(connection, query.text, only_reads=only_reads)

    def _check(self, connection: EngineConnection, sql: str) -> bool:
        """Refuse what a server would refuse and the engine would not. Tells whether it only reads."""
        nature = connection.nature(sql)
        if nature.statements > 1:
            raise QueryError(SYNTAX_ERROR, "Syntax error: several statements in one query are not allowed.")
        statements.refuse_totals(sql)
        if self._reads_only:
            if not nature.statements:
                connection.value(f"SELECT formatQuery({statements.literal(sql)})")  # raises the syntax error
            if not nature.only_reads:
                raise QueryError(READONLY, "Cannot execute query in readonly mode.")
            statements.refuse_to_reader(sql)
        return nature.only_reads

    def _answer_statement(self, connection: EngineConnection, sql: str, *, only_reads: bool) -> None:
        if only_reads:
            sql = statements.without_format(sql)
            answer = connection.stream(sql)
        else:
            answer = connection.run(sql)
            self._remember(sql)
        first = next(answer, None)
        if first is not None:
            self._send_data(blocks.empty_block(_columns(connection, first, sql)))
            self._send_blocks(itertools.chain([first], answer))
        elif only_reads:
            self._send_data(blocks.empty_block(connection.columns_of_answer(sql)))
        self._outgoing.put(protocol.END_OF_STREAM)

    def _remember(self, sql: str) -> None:
        """A SET of a client lasts as long as its session, beneath the settings of its queries."""
        first = next(iter(statements.tokens(sql[:100])), None)
        if first is not None and first.word == "SET":
            self._writer_settings.remember(sql)

    def _send_blocks(self, answer: Iterable[Block]) -> None:
        rows = count = size = 0
        for block in answer:
            self._send_data(block.data)
            rows, count, size = rows + block.rows, count + 1, size + len(block.data)
        self._outgoing.put(protocol.profile_info(rows, count, size))

    def _insert(self, connection: EngineConnection, insert: InsertOfBlocks, token: str | None) -> None:
        """Acknowledged only after the engine has run the whole of it to its end."""
        header = _header(connection, insert)
        self._send_data(blocks.empty_block(header))
        self._outgoing.flush()
        with Staging(self._house.limits.insert_bytes) as staging:
            self._receive(staging, {name for name, _ in header})
            if staging.rows:
                with self._interruptible():
                    connection.run(insert.reading(staging.path, token))
        self._outgoing.put(protocol.progress(Progress(written_rows=staging.rows, written_bytes=staging.size)))
        self._outgoing.put(protocol.END_OF_STREAM)

    def _receive(self, staging: Staging, expected: set[str]) -> None:
        """All blocks are taken in before anything is refused: the client reads no answer until then."""
        strange: set[str] = set()
        for _, shape in self._client_blocks(staging):
            strange |= expected ^ {name for name, _ in shape.columns}
            staging.rows += shape.rows
        if strange:
            raise QueryError(
                NO_SUCH_COLUMN_IN_TABLE,
                f"The columns of the inserted block are not those asked for: {', '.join(sorted(strange))}.",
            )
        if staging.overflowed:
            limit = self._house.limits.insert_bytes
            raise QueryError(
                MEMORY_LIMIT_EXCEEDED,
                f"An insert of {staging.size} bytes, where {limit} are allowed: send smaller ones.",
            )

    def _client_blocks(self, staging: Staging | None) -> Iterator[tuple[str, blocks.BlockShape]]:
        while True:
            packet = self._incoming.varint()
            if packet == FromClient.CANCEL:
                raise QueryError(QUERY_WAS_CANCELLED, "The client cancelled its insert.")
            if packet != FromClient.DATA:
                raise ProtocolError(f"Packet {packet} of the client where a block was expected.")
            table = protocol.read_data_header(self._incoming)
            shape = blocks.skip_block(self._incoming, staging)
            if shape.is_last:
                return
            yield table, shape

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """While a statement of the client runs. If the client cancels it, its stream just ends."""
        watcher = self._house.watcher
        said_more = self._incoming.unread > 0
        self._progress, self._started = Progress(), time.monotonic()
        with watcher.watching(self._name, self._socket, said_more=said_more) as watched:
            try:
                yield
            except QueryError as error:
                if not watched.interrupted or error.code != QUERY_WAS_CANCELLED:
                    raise
                self._outgoing.put(protocol.END_OF_STREAM)
            finally:
                self._progress = None

    def _with_settings(self, heard: dict[str, protocol.Setting]) -> EngineConnection:
        if self._reads_only:
            ceilings = settings.reader_ceilings(self._house.limits)
            return self._open(settings.reader_settings(heard, ceilings))
        connection = self._open({})
        self._writer_settings.put_in_force(connection, heard)
        return connection

    def _open(self, reader_settings: dict[str, str]) -> EngineConnection:
        """A reader's connection is opened anew for other settings: `readonly` cannot be undone on it."""
        if self._engine is not None and reader_settings == self._reader_settings:
            return self._engine
        if self._engine is not None:
            self._engine.close()
        self._engine = self._house.engine.open(self._name, reader_settings, self._database)
        self._engine.on_progress(self._report_progress)
        self._reader_settings = reader_settings
        return self._engine

    def _report_progress(self, told: Progress) -> None:
        """Called by the engine, in this thread. An exception must not pass through it."""
        if self._progress is None:
            return
        self._outgoing.put(protocol.progress(told.since(self._progress)))
        self._progress = told
        if time.monotonic() - self._started > PROGRESS_AFTER_SECONDS:
            with suppress(OSError):
                self._outgoing.flush()

    def _send_data(self, block: bytes | memoryview) -> None:
        self._outgoing.put(protocol.DATA)
        self._outgoing.put(block)

    def _say(self, packet: bytes) -> None:
        self._outgoing.put(packet)
        self._outgoing.flush()

    def _refuse(self, code: int, message: str) -> None:
        """The last word. What the client still sends is read, or the refusal would be lost with it."""
        with suppress(OSError):
            self._say(protocol.exception(code, message))
            self._socket.shutdown(socket.SHUT_WR)
            self._socket.settimeout(GOODBYE_SECONDS)
            while self._socket.recv(65536):
                pass

    def _close(self) -> None:
        self._socket.close()
        if self._engine is not None:
            self._engine.close()

    @property
    def _reads_only(self) -> bool:
        return self._user is None or self._user.read_only


def _columns(connection: EngineConnection, first: Block, sql: str) -> Iterable[tuple[str, str]]:
    """The names and types that a client wants to know before the first row."""
    try:
        return next(blocks.split_blocks(first.data))[1].columns
    except ProtocolError:  # a type that we cannot pass over: let the engine tell
        return connection.columns_of_answer(sql)


def _header(connection: EngineConnection, insert: InsertOfBlocks) -> list[tuple[str, str]]:
    """The columns that the client must send, in the order that it named them."""
    known = dict(connection.columns_of_table(insert.target))
    missing = [name for name in insert.columns if name not in known]
    if missing:
        raise QueryError(
            NO_SUCH_COLUMN_IN_TABLE,
            f"No such column {', '.join(missing)} in table {insert.target} (or it is computed).",
        )
    return [(name, known[name]) for name in insert.columns or known]
