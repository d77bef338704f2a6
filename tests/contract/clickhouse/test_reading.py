"""Answers: empty, in several blocks, with progress, and larger than memory."""

import subprocess
import sys
from threading import Thread

import pytest
from clickhouse_driver import Client

from tests.contract.clickhouse.running import RunningServer
from warehouse.instants import instant

MIB = 1024 * 1024


def test_an_empty_answer_has_its_columns(client: Client) -> None:
    answer = client.execute("SELECT 1 AS a, 'x' AS `b c` WHERE 0 -- nothing", with_column_types=True)

    assert answer == ([], [("a", "UInt8"), ("b c", "String")])


def test_an_empty_answer_of_show_has_its_columns(client: Client) -> None:
    assert client.execute("SHOW TABLES", with_column_types=True) == ([], [("name", "String")])


def test_statements_without_an_answer_answer_nothing(client: Client) -> None:
    assert client.execute("CREATE TABLE t (a Int8) ENGINE = Memory") == []
    assert client.execute("DROP TABLE t") == []


@pytest.mark.parametrize(
    ("sql", "first"),
    [
        ("SHOW DATABASES LIKE 'system'", ("system",)),
        ("EXISTS TABLE system.one", (1,)),
        ("DESCRIBE TABLE system.one", ("dummy", "UInt8", "", "", "", "", "")),
        ("EXPLAIN SYNTAX SELECT 1", ("SELECT 1",)),
        ("(SELECT 7)", (7,)),
        ("WITH 3 AS x SELECT x", (3,)),
        ("FROM numbers(9, 1) SELECT number", (9,)),
    ],
)
def test_every_kind_of_question_is_answered(client: Client, sql: str, first: tuple[object, ...]) -> None:
    row = client.execute(sql)[0]

    assert row[0].startswith("SELECT 1") if sql.startswith("EXPLAIN") else row == first


def test_several_blocks_arrive_in_order(client: Client) -> None:
    blocks = client.execute_iter(
        "SELECT number, toString(number) FROM numbers(300000)",
        chunk_size=100_000,
        settings={"max_block_size": 1000},
    )

    rows = [row for chunk in blocks for row in chunk]

    assert rows == [(number, str(number)) for number in range(300_000)]


def test_a_zone_is_told_in_every_block_of_an_answer(client: Client) -> None:
    rows, columns = client.execute(
        "SELECT toString(number), toDateTime(number, 'Europe/Berlin') AS moment, number FROM numbers(50000)",
        with_column_types=True,
        settings={"max_block_size": 1000},
    )

    assert columns[1] == ("moment", "DateTime('Europe/Berlin')")
    assert [(text, int(moment.timestamp()), number) for text, moment, number in rows] == [
        (str(number), number, number) for number in range(50_000)
    ]


def test_a_temporary_table_is_answered_from_with_and_without_rows(client: Client) -> None:
    client.execute("CREATE TEMPORARY TABLE mine (a DateTime)")

    assert client.execute("SELECT a FROM mine", with_column_types=True) == ([], [("a", "DateTime")])

    client.execute("INSERT INTO mine VALUES ('2026-01-01 00:00:00')")
    assert len(client.execute("SELECT a FROM mine")) == 1


def test_an_answer_of_several_parts_that_is_not_a_select_arrives_whole(client: Client) -> None:
    client.execute("CREATE TABLE t (a UInt8) ENGINE = MergeTree PARTITION BY a ORDER BY a")
    client.execute("INSERT INTO t VALUES", [(a,) for a in range(20)])

    parts = client.execute("CHECK TABLE t", settings={"check_query_single_value_result": 0})

    assert len(parts) == 20


def test_a_format_in_the_text_changes_nothing(client: Client) -> None:
    assert client.execute("SELECT 1 AS format, 'x' FORMAT JSON") == [(1, "x")]
    assert client.execute("SELECT 1 FORMAT CSV SETTINGS max_threads = 1") == [(1,)]


def test_a_question_without_its_select_is_refused_as_on_a_server(client: Client) -> None:
    with pytest.raises(Exception, match="Syntax error"):
        client.execute("1 + 1")


def test_parameters_are_put_in_by_the_client(client: Client) -> None:
    answer = client.execute("SELECT %(a)s, %(b)s", {"a": "it's \\ fine", "b": [1, 2]})

    assert answer == [("it's \\ fine", [1, 2])]


def test_a_text_may_hold_every_character_and_be_long(client: Client) -> None:
    long = "x" * 200_000

    assert client.execute(f"SELECT 'a\0b☃', length('{long}')") == [("a\0b☃", 200_000)]


def test_progress_adds_up_to_what_was_read(client: Client) -> None:
    answer = client.execute_with_progress("SELECT sum(sipHash64(number)) FROM numbers(30000000)")

    steps = list(answer)

    assert steps
    assert steps[-1] == (30_000_000, 30_000_000)
    assert len(answer.get_result()) == 1


def test_a_result_tells_how_much_it_was(client: Client) -> None:
    client.execute("SELECT number FROM numbers(1000)")

    assert client.last_query.profile_info.rows == 1000


READ_TEN_MILLION = """
import resource, sys
from clickhouse_driver import Client
client = Client("127.0.0.1", {port}, user="writer", password="the writer's word")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = sum(1 for row in client.execute_iter("SELECT number, number % 7, number / 3 FROM numbers(10000000)"))
print(count, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


def test_ten_million_rows_stream_in_bounded_memory_on_both_sides(shared_server: RunningServer) -> None:
    """The answer is 200 MB on the wire; as Python rows it would be a gigabyte."""
    before = shared_server.memory()
    code = READ_TEN_MILLION.format(port=shared_server.options.port)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as client:
        most = [before]
        watch = Thread(target=lambda: _sample(shared_server, client, most))
        watch.start()
        count, client_growth = (int(word) for word in client.communicate()[0].split())
        watch.join()

    assert count == 10_000_000
    assert client_growth < 100 * MIB
    assert max(most) - before < 150 * MIB


def _sample(server: RunningServer, client: "subprocess.Popen[str]", most: list[int]) -> None:
    while True:
        most.append(server.memory())
        try:
            client.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        return


@pytest.mark.parametrize("milliseconds", [0, 1, 500, 999])
@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
@pytest.mark.parametrize("bound", [1_700_000_000, 1_700_000_001])
def test_the_index_leaves_out_no_part_of_a_second_that_a_comparison_wants(
    client: Client, milliseconds: int, sign: str, bound: int
) -> None:
    """It did where the bound was a whole second by its type: see `instant`."""
    client.execute("CREATE TABLE t (at DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY at")
    client.execute(
        "INSERT INTO t SELECT fromUnixTimestamp64Milli(toInt64(%(at)s), 'UTC')",
        {"at": 1_700_000_000_000 + milliseconds},
    )

    by_index, by_row = (
        client.execute(f"SELECT count() FROM t WHERE {column} {sign} {instant(str(bound))}")
        for column in ("at", "materialize(at)")
    )

    assert by_index == by_row
