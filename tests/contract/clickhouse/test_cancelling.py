"""A client may stop its query, or just leave; nothing runs on for nobody."""

from collections.abc import Callable

import pytest
from clickhouse_driver import Client

from tests.contract.clickhouse.refusals import refusal
from tests.contract.clickhouse.waiting import wait_until

ENDLESS_ROWS = "SELECT number, sleepEachRow(0.00001) FROM numbers(100000000000)"
ENDLESS_WORK = "SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))"


def start(client: Client, sql: str) -> None:
    """Send a query without waiting for its answer."""
    client.establish_connection(None)
    client.connection.send_query(sql)
    client.connection.send_external_tables(None)


def running(client: Client, sql: str) -> int:
    ((count,),) = client.execute("SELECT count() FROM system.processes WHERE query = %(sql)s", {"sql": sql})
    return int(count)


@pytest.mark.parametrize("sql", [ENDLESS_ROWS, ENDLESS_WORK])
def test_a_cancelled_query_ends_and_its_connection_lives(connect: Callable[..., Client], sql: str) -> None:
    client, other = connect(), connect()
    start(client, sql)
    wait_until(lambda: running(other, sql) == 1)

    client.cancel()

    assert client.execute("SELECT 1") == [(1,)]
    wait_until(lambda: running(other, sql) == 0)


def test_a_cancel_that_comes_with_its_query_is_not_lost(connect: Callable[..., Client]) -> None:
    client = connect()
    start(client, ENDLESS_WORK)

    client.cancel()

    assert client.execute("SELECT 1") == [(1,)]


def test_a_cancel_that_comes_too_late_does_not_hit_the_next_query(connect: Callable[..., Client]) -> None:
    client = connect()
    client.execute("SELECT 1")

    client.connection.send_cancel()

    assert client.execute("SELECT count() FROM numbers(30000000) WHERE NOT ignore(sipHash64(number))") == [
        (30_000_000,)
    ]


@pytest.mark.parametrize("sql", [ENDLESS_ROWS, ENDLESS_WORK])
def test_the_query_of_a_client_that_left_ends(connect: Callable[..., Client], sql: str) -> None:
    client, other = connect(), connect()
    start(client, sql)
    wait_until(lambda: running(other, sql) == 1)

    client.disconnect()

    wait_until(lambda: running(other, sql) == 0)


def test_a_half_read_answer_is_given_up_when_its_client_leaves(connect: Callable[..., Client]) -> None:
    client, other = connect(), connect()
    rows = client.execute_iter("SELECT number FROM numbers(100000000000)", settings={"max_block_size": 1000})
    next(rows)

    client.disconnect()

    wait_until(lambda: running(other, "SELECT number FROM numbers(100000000000)") == 0)


def test_a_killed_query_tells_its_client_so(connect: Callable[..., Client]) -> None:
    client, other = connect(), connect()
    start(client, ENDLESS_WORK)
    wait_until(lambda: running(other, ENDLESS_WORK) == 1)

    other.execute("KILL QUERY WHERE query = %(sql)s SYNC", {"sql": ENDLESS_WORK})

    assert refusal(client.receive_result).code == 394
    assert client.execute("SELECT 1") == [(1,)]


def test_a_cancelled_write_leaves_its_table_usable(connect: Callable[..., Client]) -> None:
    client, other = connect(), connect()
    client.execute("CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a")
    slow = "INSERT INTO t SELECT number FROM numbers(1000000000000) WHERE sipHash64(number) = 1"
    start(client, slow)
    wait_until(lambda: _inserts(other) == 1)

    client.connection.send_cancel()

    assert refusal(client.receive_result).code == 394
    client.execute("INSERT INTO t VALUES", [(7,)])
    assert client.execute("SELECT a FROM t") == [(7,)]


def _inserts(client: Client) -> int:
    ((count,),) = client.execute("SELECT count() FROM system.processes WHERE query_kind = 'Insert'")
    return int(count)
