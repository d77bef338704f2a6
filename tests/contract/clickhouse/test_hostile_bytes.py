"""Garbage and half packets on the port harm nobody: the server lives, and nothing stays behind."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embedded.clickhouse import protocol
from embedded.clickhouse.encoding import text, varint
from tests.contract.clickhouse.running import RunningServer

EMPTY_BLOCK = varint(protocol.FromClient.DATA) + text("") + b"\x01\x00\x02\xff\xff\xff\xff\x00" + b"\0\0"
ONE_ROW = EMPTY_BLOCK[:-2] + b"\x01\x01" + text("a") + text("UInt8") + b"\x07"
HOSTILE = settings(
    max_examples=150,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def query(sql: str, *, compressed: bool = False) -> bytes:
    """A query of a client that tells nothing of itself."""
    head = varint(protocol.FromClient.QUERY) + text("") + b"\0" + text("")
    return head + varint(2) + varint(compressed) + text(sql) + EMPTY_BLOCK


@pytest.fixture
def hello(shared_server: RunningServer) -> bytes:
    return protocol.client_hello(shared_server.options.user, shared_server.options.password)


@pytest.fixture(autouse=True)
def the_server_lives_on(shared_server: RunningServer) -> Iterator[None]:
    with shared_server.client() as witness:
        witness.execute("CREATE OR REPLACE TABLE default.hostile (a UInt8) ENGINE = MergeTree ORDER BY a")
        yield
        assert witness.execute("SELECT 1") == [(1,)]
        assert witness.execute("SELECT count() FROM default.hostile") == [(0,)]


def exchange(server: RunningServer, data: bytes) -> bytes:
    """Say it, end, and read all that is answered."""
    with socket.create_connection(("127.0.0.1", server.options.port), timeout=30) as connection:
        answer = b""
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                answer += piece
        except (BrokenPipeError, ConnectionResetError):
            return answer
        return answer


@HOSTILE
@given(data=st.binary(max_size=300))
def test_garbage_instead_of_a_greeting(shared_server: RunningServer, data: bytes) -> None:
    answer = exchange(shared_server, data)

    assert answer[:1] in (b"", varint(protocol.FromServer.EXCEPTION))


@HOSTILE
@given(data=st.binary(max_size=300))
def test_garbage_after_the_greeting(shared_server: RunningServer, hello: bytes, data: bytes) -> None:
    assert exchange(shared_server, hello + data)[:1] == varint(protocol.FromServer.HELLO)


@HOSTILE
@given(data=st.binary(max_size=300))
def test_garbage_instead_of_a_block(shared_server: RunningServer, hello: bytes, data: bytes) -> None:
    said = hello + query("INSERT INTO default.hostile VALUES") + EMPTY_BLOCK[:-2] + data

    assert exchange(shared_server, said)[:1] == varint(protocol.FromServer.HELLO)


def test_a_conversation_that_breaks_off_at_any_byte_inserts_nothing(
    shared_server: RunningServer, hello: bytes
) -> None:
    whole = hello + query("INSERT INTO default.hostile VALUES") + ONE_ROW + EMPTY_BLOCK

    for end in range(len(whole)):
        exchange(shared_server, whole[:end])


def test_the_whole_conversation_inserts(shared_server: RunningServer, hello: bytes) -> None:
    """Otherwise the test before would show nothing."""
    whole = hello + query("INSERT INTO default.hostile VALUES") + ONE_ROW + EMPTY_BLOCK

    assert exchange(shared_server, whole)[-1:] == protocol.END_OF_STREAM

    with shared_server.client() as client:
        assert client.execute("SELECT a FROM default.hostile") == [(7,)]
        client.execute("TRUNCATE TABLE default.hostile")


def test_another_protocol_gets_a_sentence(shared_server: RunningServer) -> None:
    assert b"native protocol" in exchange(shared_server, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")


def test_a_greeting_that_promises_too_long_a_name_is_refused_unread(shared_server: RunningServer) -> None:
    assert b"are allowed" in exchange(shared_server, varint(protocol.FromClient.HELLO) + varint(2**40))


def test_compression_is_refused_in_a_sentence(shared_server: RunningServer, hello: bytes) -> None:
    assert b"without compression" in exchange(shared_server, hello + query("SELECT 1", compressed=True))


def test_a_client_that_is_too_old_is_told_so(shared_server: RunningServer) -> None:
    old = (
        varint(protocol.FromClient.HELLO) + text("old") + varint(1) + varint(1) + varint(54032) + text("") * 3
    )

    assert b"older than revision" in exchange(shared_server, old)


@pytest.mark.parametrize(
    "type_", ["JSON", "Dynamic", "Variant(String, UInt8)", "AggregateFunction(sum, UInt8)"]
)
def test_a_type_that_cannot_be_passed_over_is_refused_in_a_sentence(
    shared_server: RunningServer, hello: bytes, type_: str
) -> None:
    block = EMPTY_BLOCK[:-2] + b"\x01\x01" + text("a") + text(type_) + b"\x07" * 50

    answer = exchange(shared_server, hello + query("INSERT INTO default.hostile VALUES") + block)

    assert f"Columns of type {type_} cannot be inserted".encode() in answer


def test_a_block_of_other_columns_is_refused_and_the_connection_lives(
    shared_server: RunningServer, hello: bytes
) -> None:
    strange = ONE_ROW.replace(text("a") + text("UInt8"), text("b") + text("UInt8"))
    ping = varint(protocol.FromClient.PING)

    answer = exchange(
        shared_server, hello + query("INSERT INTO default.hostile VALUES") + strange + EMPTY_BLOCK + ping
    )

    assert b"not those asked for: a, b" in answer
    assert answer.endswith(protocol.PONG)
