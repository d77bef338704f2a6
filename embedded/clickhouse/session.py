"""One client, from its greeting to its goodbye."""

import socket
from contextlib import closing, suppress
from typing import NamedTuple

from embedded.clickhouse import answers, blocks, inserts, protocol, settings, statements
from embedded.clickhouse.configuration import Limits
from embedded.clickhouse.connections import Connections
from embedded.clickhouse.engine import Engine, EngineConnection
from embedded.clickhouse.errors import (
    AUTHENTICATION_FAILED,
    NOT_IMPLEMENTED,
    QUERY_WAS_CANCELLED,
    READONLY,
    SYNTAX_ERROR,
    TOO_MANY_CONNECTIONS,
    ProtocolError,
    QueryError,
)
from embedded.clickhouse.protocol import FromClient, Hello, Progress, Query
from embedded.clickhouse.running import running
from embedded.clickhouse.staging import Staging
from embedded.clickhouse.statements import InsertOfBlocks
from embedded.clickhouse.users import User
from embedded.clickhouse.watcher import Watcher
from embedded.clickhouse.wire import Line


class House(NamedTuple):
    """What all sessions share."""

    engine: Engine
    users: dict[str, User]
    limits: Limits
    watcher: Watcher


class Session:
    """`serve` runs in a thread of the session's own; `leave` and `busy` are for the server's thread."""

    def __init__(self, house: House, connection: socket.socket, name: str) -> None:
        self._house = house
        self._line = Line(connection)
        self._name = name
        self._leaving = False
        self.busy = True

    def serve(self, *, full: bool) -> None:
        """Answer until the client leaves, breaks the protocol, or is silent for too long.

        `full`: there are too many connections already, and this one is told so.
        """
        try:
            self._serve(full)
        except (ProtocolError, QueryError) as error:
            self._line.say_goodbye(protocol.exception(error.code, error.message))
        except (EOFError, OSError):
            return
        finally:
            self._line.socket.close()

    def leave(self) -> None:
        """Go as soon as no query runs."""
        self._leaving = True
        if not self.busy:
            with suppress(OSError):
                self._line.socket.shutdown(socket.SHUT_RD)

    def _serve(self, full: bool) -> None:
        house = self._house
        hello = self._read_hello()
        if full:
            raise QueryError(TOO_MANY_CONNECTIONS, f"All {house.limits.connections} connections are in use.")
        user = self._authenticate(hello)
        connections = Connections(house.engine, house.limits, self._name, user, hello.database)
        try:
            self._line.say(protocol.server_hello(house.engine.version, house.engine.timezone))
            while not self._leaving:
                self._answer_packet(connections)
        finally:
            connections.close()

    def _read_hello(self) -> Hello:
        self._line.socket.settimeout(self._house.limits.hello_seconds)
        if self._line.incoming.varint() != FromClient.HELLO:
            raise ProtocolError("This port speaks ClickHouse's native protocol, which begins with a hello.")
        hello = protocol.read_hello(self._line.incoming)
        if hello.revision < protocol.REVISION:
            raise ProtocolError(f"Clients older than revision {protocol.REVISION} are not served.")
        return hello

    def _authenticate(self, hello: Hello) -> User:
        user = self._house.users.get(hello.user)
        if user is None or not user.accepts(hello.password):
            raise QueryError(
                AUTHENTICATION_FAILED,
                f"{hello.user}: Authentication failed: password is incorrect, or there is no such user.",
            )
        return user

    def _answer_packet(self, connections: Connections) -> None:
        self.busy = False
        self._line.socket.settimeout(self._house.limits.idle_seconds)
        packet = self._line.incoming.varint()
        self.busy = True
        self._line.socket.settimeout(self._house.limits.packet_seconds)
        if packet == FromClient.PING:
            self._line.say(protocol.PONG)
        elif packet == FromClient.QUERY:
            self._answer_query(connections)
        elif packet != FromClient.CANCEL:  # a cancel that comes too late changes nothing
            raise ProtocolError(f"Packet {packet} of the client was not expected here.")

    def _answer_query(self, connections: Connections) -> None:
        query = protocol.read_query(self._line.incoming)
        if query.compressed:
            raise ProtocolError("This server speaks without compression: switch it off.", NOT_IMPLEMENTED)
        try:
            self._refuse_external_tables()
            self._run(query, connections)
            self._line.outgoing.put(protocol.END_OF_STREAM)
        except QueryError as error:
            self._line.outgoing.put(protocol.exception(error.code, error.message))
        self._line.outgoing.flush()

    def _refuse_external_tables(self) -> None:
        """After a query come the client's own tables; a block without columns ends them."""
        if list(inserts.client_blocks(self._line.incoming, None)):
            raise QueryError(NOT_IMPLEMENTED, "External tables are not taken by this server.")

    def _run(self, query: Query, connections: Connections) -> None:
        connection = connections.main(settings.heard(query.settings))
        only_reads = self._check(connection, query.text, read_only=connections.read_only)
        insert = statements.insert_of_blocks(query.text)
        if insert is not None:
            self._insert(connection, insert)
        elif only_reads:
            self._answer_question(connections, connection, statements.without_format(query.text))
        else:
            self._execute(connection, query.text)
            connections.remember(query.text)

    def _check(self, connection: EngineConnection, sql: str, *, read_only: bool) -> bool:
        """Refuse what a server would refuse and the engine would not. Tells whether it only reads."""
        nature = connection.nature(sql)
        if nature.statements > 1:
            raise QueryError(SYNTAX_ERROR, "Syntax error: several statements in one query are not allowed.")
        if not nature.statements and not statements.tokens(sql):
            raise QueryError(SYNTAX_ERROR, "Syntax error: empty query.")
        statements.refuse_totals(sql)
        if read_only:
            if not nature.statements:
                connection.value(f"SELECT formatQuery({statements.literal(sql)})")  # raises the syntax error
            if not nature.only_reads:
                raise QueryError(READONLY, "Cannot execute query in readonly mode.")
            statements.refuse_to_reader(sql)
        return nature.only_reads

    def _answer_question(self, connections: Connections, connection: EngineConnection, sql: str) -> None:
        """Of a question that its client cancels the stream just ends."""
        with running(connection, self._house.watcher, self._name, self._line) as watched:
            try:
                # Closed at once if the client has gone: the engine would work on for nobody.
                with closing(answers.packets(connection, connections.aside, sql)) as pieces:
                    for piece in pieces:
                        self._line.outgoing.put(piece)
            except QueryError as error:
                if not watched.interrupted or error.code != QUERY_WAS_CANCELLED:
                    raise

    def _execute(self, connection: EngineConnection, sql: str) -> None:
        with running(connection, self._house.watcher, self._name, self._line):
            for piece in answers.packets_of_result(connection.run(sql)):
                self._line.outgoing.put(piece)

    def _insert(self, connection: EngineConnection, insert: InsertOfBlocks) -> None:
        """Returns only after the engine has run the whole of it to its end.

        A client that leaves now does not interrupt it: half an insert would help nobody.
        """
        header = inserts.header_of(connection, insert)
        self._line.say(protocol.DATA + blocks.empty_block(header.items()))
        limit = self._house.limits.insert_bytes
        with Staging(limit) as staging:
            inserts.receive(self._line.incoming, staging, header, limit)
            if staging.rows:
                connection.run(insert.reading(staging.path))
        written = Progress(written_rows=staging.rows, written_bytes=staging.size)
        self._line.outgoing.put(protocol.progress(written))
