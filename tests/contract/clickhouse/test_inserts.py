"""Inserts: large ones, their settings and tokens, and those that the engine refuses late."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from clickhouse_driver import Client

from tests.contract.clickhouse.refusals import (
    MEMORY_LIMIT,
    NO_SUCH_COLUMN,
    NOT_IMPLEMENTED,
    THROW_IF,
    TOO_MANY_PARTS,
    UNKNOWN_TABLE,
    VIOLATED_CONSTRAINT,
    refusal,
)
from tests.contract.clickhouse.running import RunningServer

ROWS = 200_000


def test_two_hundred_thousand_rows_go_in_by_columns(client: Client) -> None:
    client.execute(
        "CREATE TABLE t (id UInt64, name LowCardinality(String), note Nullable(String), tags Array(String),"
        " spend Decimal(18, 4)) ENGINE = MergeTree ORDER BY id"
    )
    ids = list(range(ROWS))
    columns = [
        ids,
        [f"n{id_ % 900}" for id_ in ids],
        [None, "x"] * (ROWS // 2),
        [["a"], []] * (ROWS // 2),
        ids,
    ]

    inserted = client.execute("INSERT INTO t VALUES", columns, columnar=True)

    assert inserted == ROWS
    assert client.execute(
        "SELECT count(), sum(id), uniqExact(name), countIf(note IS NULL), sum(length(tags)), sum(spend)"
        " FROM t"
    ) == [(ROWS, sum(ids), 900, ROWS // 2, ROWS // 2, sum(ids))]


def test_many_blocks_make_one_insert(client: Client) -> None:
    client.execute("CREATE TABLE t (id UInt32, text String) ENGINE = MergeTree ORDER BY id")

    client.execute(
        "INSERT INTO t VALUES", [(id_, "x" * id_) for id_ in range(1000)], settings={"insert_block_size": 7}
    )

    assert client.execute("SELECT count(), sum(length(text)), uniqExact(_part) FROM t") == [(1000, 499500, 1)]


def test_an_insert_without_rows_inserts_nothing(client: Client) -> None:
    client.execute("CREATE TABLE t (id UInt32) ENGINE = MergeTree ORDER BY id")

    client.execute("INSERT INTO t VALUES", [])

    assert client.execute("SELECT count() FROM t") == [(0,)]


def test_columns_that_are_not_named_take_their_defaults(client: Client) -> None:
    client.execute(
        "CREATE TABLE t (a UInt8, b UInt8 DEFAULT a + 1, c UInt8 MATERIALIZED 9, d UInt8 ALIAS a,"
        " e UInt8 EPHEMERAL, f UInt8 DEFAULT e) ENGINE = Memory"
    )

    client.execute("INSERT INTO t (e, a) VALUES", [(5, 1)])

    assert client.execute("SELECT a, b, c, d, f FROM t") == [(1, 2, 9, 1, 5)]


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t VALUES",
        "insert into t (a) values ;",
        "INSERT INTO TABLE t FORMAT Native",
        "/* tagged; */ INSERT INTO t -- why\n (`a`) SETTINGS async_insert = 0, log_comment = 'VALUES' VALUES",
        "INSERT INTO t\n(\n  a\n)\nFORMAT JSONEachRow",
    ],
)
def test_every_spelling_of_an_insert_is_understood(client: Client, sql: str) -> None:
    client.execute("CREATE TABLE t (a UInt8) ENGINE = Memory")

    assert client.execute(sql, [(1,), (2,)]) == 2

    assert client.execute("SELECT sum(a) FROM t") == [(3,)]


@pytest.mark.parametrize(
    "sql", ["INSERT INTO t VALUES (1), (2)", "INSERT INTO t SELECT number FROM numbers(3)"]
)
def test_an_insert_that_brings_its_own_rows_needs_none(client: Client, sql: str) -> None:
    client.execute("CREATE TABLE t (a UInt8) ENGINE = Memory")

    client.execute(sql)

    assert client.execute("SELECT sum(a) FROM t") == [(3,)]


def test_a_token_makes_an_insert_count_once_and_does_not_touch_the_next(client: Client) -> None:
    client.execute(
        "CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a"
        " SETTINGS non_replicated_deduplication_window = 100"
    )
    token = {"insert_deduplication_token": "it's one"}

    client.execute("INSERT INTO t VALUES", [(1,)], settings=token)
    client.execute("INSERT INTO t VALUES", [(1,)], settings=token)
    client.execute("INSERT INTO t VALUES", [(2,)])
    client.execute("INSERT INTO t VALUES", [(3,)])

    assert client.execute("SELECT a FROM t ORDER BY a") == [(1,), (2,), (3,)]


def test_a_token_holds_for_an_insert_from_a_question_too(client: Client) -> None:
    client.execute(
        "CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a"
        " SETTINGS non_replicated_deduplication_window = 100"
    )

    for number in (1, 1, 2):
        token = {"insert_deduplication_token": f"token {number}"}
        client.execute(f"INSERT INTO t SELECT {number}", settings=token)
    client.execute("INSERT INTO t SELECT 3")
    client.execute("INSERT INTO t SELECT 4")

    assert client.execute("SELECT a FROM t ORDER BY a") == [(1,), (2,), (3,), (4,)]


def test_async_insert_is_acknowledged_only_when_the_rows_are_there(client: Client) -> None:
    client.execute("CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a")

    client.execute("INSERT INTO t VALUES", [(1,)], settings={"async_insert": 1, "wait_for_async_insert": 1})

    assert client.execute("SELECT a FROM t") == [(1,)]


def _constraint(client: Client) -> list[Any]:
    client.execute("CREATE TABLE t (a UInt32, CONSTRAINT small CHECK a < 5) ENGINE = MergeTree ORDER BY a")
    return [(1,), (9,)]


def _throwing_view(client: Client) -> list[Any]:
    client.execute("CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a")
    client.execute("CREATE TABLE target (b UInt32) ENGINE = MergeTree ORDER BY b")
    client.execute("CREATE MATERIALIZED VIEW v TO target AS SELECT throwIf(a > 5) AS b FROM t")
    return [(1,), (9,)]


def _too_many_partitions(client: Client) -> list[Any]:
    client.execute("CREATE TABLE t (a UInt32) ENGINE = MergeTree PARTITION BY a ORDER BY a")
    return [(a,) for a in range(150)]


@pytest.mark.parametrize(
    ("prepare", "code"),
    [(_constraint, VIOLATED_CONSTRAINT), (_throwing_view, THROW_IF), (_too_many_partitions, TOO_MANY_PARTS)],
)
def test_an_insert_that_the_engine_refuses_late_is_never_acknowledged(
    client: Client, prepare: Callable[[Client], list[Any]], code: int
) -> None:
    rows = prepare(client)

    assert refusal(client.execute, "INSERT INTO t VALUES", rows).code == code

    assert client.execute("SELECT 1") == [(1,)]


def test_after_a_late_refusal_nothing_of_a_refused_block_is_there(client: Client) -> None:
    rows = _constraint(client)

    refusal(client.execute, "INSERT INTO t VALUES", rows)

    assert client.execute("SELECT count() FROM t") == [(0,)]


def test_unknown_tables_and_columns_are_refused_before_a_row_is_sent(client: Client) -> None:
    client.execute("CREATE TABLE t (a UInt8, m UInt8 MATERIALIZED 1) ENGINE = Memory")
    never: Iterator[tuple[int]] = (pytest.fail("a row was asked for") for _ in range(1))

    assert refusal(client.execute, "INSERT INTO missing VALUES", never).code == UNKNOWN_TABLE
    assert refusal(client.execute, "INSERT INTO t (a, b) VALUES", never).code == NO_SUCH_COLUMN
    assert refusal(client.execute, "INSERT INTO t (m) VALUES", never).code == NO_SUCH_COLUMN


def test_blocks_are_not_taken_for_a_table_function(shared_server: RunningServer) -> None:
    with shared_server.client() as client:
        refused = refusal(
            client.execute, "INSERT INTO FUNCTION file('/tmp/x', 'CSV', 'a Int8') VALUES", [(1,)]
        )

    assert refused.code == NOT_IMPLEMENTED


def test_an_insert_larger_than_the_bound_is_refused_and_the_connection_lives(
    own_server: Callable[..., RunningServer],
) -> None:
    server = own_server("--memory-mb", "256")
    with server.client() as client:
        client.execute("CREATE TABLE t (a String) ENGINE = Memory")

        refused = refusal(client.execute, "INSERT INTO t VALUES", [["x" * 1_000_000] * 150], columnar=True)

        assert refused.code == MEMORY_LIMIT
        assert client.execute("SELECT count() FROM t") == [(0,)]
