"""Errors carry a server's codes, and the connection stays usable after each."""

import pytest
from clickhouse_driver import Client

from tests.contract.clickhouse.refusals import (
    CANNOT_PARSE_TEXT,
    DATABASE_MISSING,
    MEMORY_LIMIT,
    NOT_IMPLEMENTED,
    SYNTAX_ERROR,
    TIMEOUT,
    UNKNOWN_COLUMN,
    UNKNOWN_SETTING,
    UNKNOWN_TABLE,
    refusal,
)
from tests.contract.clickhouse.running import RunningServer

REFUSED = {
    "SELEC 1": SYNTAX_ERROR,
    "": SYNTAX_ERROR,
    "SELECT * FROM missing": UNKNOWN_TABLE,
    "SELECT * FROM missing.t": DATABASE_MISSING,
    "SELECT a FROM numbers(1)": UNKNOWN_COLUMN,
    "SELECT toUInt8('x')": CANNOT_PARSE_TEXT,
    "SELECT toUInt8(toString(number) || 'x') FROM numbers(10)": CANNOT_PARSE_TEXT,
    "SELECT groupArray(number) FROM numbers(100000000) SETTINGS max_memory_usage = 20000000": MEMORY_LIMIT,
    "SELECT count() FROM numbers(100000000000) WHERE NOT ignore(sipHash64(number))"
    " SETTINGS max_execution_time = 0.3": TIMEOUT,
    "DROP TABLE missing": UNKNOWN_TABLE,
    "SET no_such_setting = 1": UNKNOWN_SETTING,
}


@pytest.mark.parametrize("sql", REFUSED)
def test_a_refusal_has_a_servers_code_and_the_connection_lives(client: Client, sql: str) -> None:
    refused = refusal(client.execute, sql)

    assert refused.code == REFUSED[sql]
    assert "DB::Exception: " in refused.message
    assert "Code: " not in refused.message
    assert client.execute("SELECT 1") == [(1,)]


def test_an_error_in_the_middle_of_an_answer_reaches_the_client(client: Client) -> None:
    rows = client.execute_iter(
        "SELECT throwIf(number = 500000) FROM numbers(1000000)",
        settings={"max_block_size": 1000, "max_threads": 1},
    )

    assert refusal(lambda: sum(1 for _ in rows)).code == 395


@pytest.mark.parametrize(
    "sql", ["SELECT 1; SELECT 2", "INSERT INTO t VALUES (1); DROP TABLE t", "SELECT 1;;DROP TABLE t"]
)
def test_several_statements_in_one_query_are_refused_and_none_runs(client: Client, sql: str) -> None:
    client.execute("CREATE TABLE t (a UInt8) ENGINE = Memory")

    assert refusal(client.execute, sql).code == SYNTAX_ERROR

    assert client.execute("SELECT count() FROM t") == [(0,)]


def test_a_semicolon_at_the_end_or_in_a_text_is_no_second_statement(client: Client) -> None:
    client.execute("CREATE TABLE t (a String) ENGINE = Memory;")
    client.execute("INSERT INTO t VALUES ('a;b')")

    assert client.execute("SELECT a, ';' FROM t; -- ; that is all") == [("a;b", ";")]


def test_totals_are_refused_because_they_would_be_lost(shared_server: RunningServer) -> None:
    with shared_server.client() as client:
        refused = refusal(
            client.execute, "SELECT number, count() FROM numbers(3) GROUP BY number WITH TOTALS"
        )

        assert refused.code == NOT_IMPLEMENTED
        assert client.execute("SELECT 'with totals'") == [("with totals",)]


def test_external_tables_are_refused_and_the_connection_lives(shared_server: RunningServer) -> None:
    table = {"name": "ext", "structure": [("a", "UInt8")], "data": [{"a": 1}]}
    with shared_server.client() as client:
        refused = refusal(client.execute, "SELECT * FROM ext", external_tables=[table])

        assert refused.code == NOT_IMPLEMENTED
        assert client.execute("SELECT 1") == [(1,)]
