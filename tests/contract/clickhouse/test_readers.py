"""A reader reads tables. It cannot write, reach files or other servers, or lift its own bounds."""

import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clickhouse_driver import Client

from tests.contract.clickhouse.refusals import READONLY, SETTING_CONSTRAINT, SYNTAX_ERROR, refusal
from tests.contract.clickhouse.running import RunningServer

SECRET = "the other side of the wall"
HARMLESS = "SELECT * FROM t"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.csv"
    path.write_text(f"{SECRET}\n")
    return path


@pytest.fixture
def table(client: Client) -> Iterator[Client]:
    client.execute("CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a")
    client.execute("INSERT INTO t VALUES", [(1,)])
    return client


def test_a_reader_reads(table: Client, reader: Client) -> None:
    assert reader.execute("SELECT a FROM t") == [(1,)]
    assert reader.execute("SHOW TABLES") == [("t",)]
    assert reader.execute("DESCRIBE TABLE t")[0][:2] == ("a", "UInt8")
    assert reader.execute("DESCRIBE (SELECT a + 1 AS b FROM t)")[0][:2] == ("b", "UInt16")
    assert reader.execute("EXPLAIN SELECT a FROM t")
    assert reader.execute("SELECT 'file' AS file, file IN ('file', '(') AS `it's`") == [("file", 1)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM file('{path}', 'CSV', 'a String')",
        "SELECT file('{path}')",
        "SELECT `file`('{path}')",
        "SELECT \"file\" /* hidden */ ('{path}')",
        "SELECT `fi\\x6ce`('{path}')",
        "SELECT a$b$, file('{path}'), $b$x$b$ FROM (SELECT 1 AS a$b$)",
        "SELECT * APPLY(file) FROM (SELECT '{path}' AS a)",
        "SELECT * APPLY file FROM (SELECT '{path}' AS a)",
        "SELECT arrayMap(x -> file(x), ['{path}'])",
        "EXPLAIN SELECT file('{path}')",
        "DESCRIBE file('{path}')",
        "DESC TABLE file('{path}', 'CSV')",
        "DESCRIBE (SELECT * FROM file('{path}'))",
        'SELECT * FROM "{path}"',
        "SELECT * FROM eval('SELECT file(''{path}'')')",
        "SELECT * FROM Python(SECRET)",
        "SELECT * FROM url('http://127.0.0.1:9/', 'CSV', 'a String')",
        "DESCRIBE url('http://127.0.0.1:9/', 'CSV')",
        "SELECT * FROM remote('127.0.0.1:9', 'system.one')",
        "DESCRIBE remote('127.0.0.1:9', 'system.one')",
        "SELECT * FROM s3('http://127.0.0.1:9/bucket/key', 'CSV', 'a String')",
        "SELECT * FROM executable('sh', 'CSV', 'a String')",
        "SELECT * FROM sqlite('{path}', 't')",
        "SELECT 1 INTO OUTFILE '{written}'",
        "SHOW TABLES INTO OUTFILE '{written}'",
        "EXPLAIN SELECT 1 INTO OUTFILE '{written}'",
    ],
)
def test_a_reader_reaches_nothing_but_tables(reader: Client, secret: Path, tmp_path: Path, sql: str) -> None:
    written = tmp_path / "written"

    refused = refusal(reader.execute, sql.format(path=secret, written=written))

    assert SECRET not in refused.message
    assert not written.exists()
    assert reader.execute("SELECT 1") == [(1,)]


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t VALUES (2)",
        "INSERT INTO t SELECT 2",
        "CREATE TABLE u (a UInt8) ENGINE = Memory",
        "CREATE TEMPORARY TABLE u (a UInt8)",
        "ALTER TABLE t DELETE WHERE 1",
        "DROP TABLE t",
        "TRUNCATE TABLE t",
        "OPTIMIZE TABLE t",
        "SYSTEM FLUSH LOGS",
        "KILL QUERY WHERE 1",
        "SET readonly = 0",
        "SET max_threads = 1",
        "SELECT 1 SETTINGS readonly = 0",
        "SELECT 1 SETTINGS max_memory_usage = 0",
        "EXPLAIN TABLE OVERRIDE mysql('127.0.0.1:9', 'a', 'b', 'c', 'd') COLUMNS (a UInt8)",
    ],
)
def test_a_reader_changes_nothing(table: Client, reader: Client, sql: str) -> None:
    assert refusal(reader.execute, sql).code == READONLY
    assert table.execute("SELECT a FROM t") == [(1,)]


def test_a_reader_cannot_send_blocks(table: Client, reader: Client) -> None:
    assert refusal(reader.execute, "INSERT INTO t VALUES", [(2,)]).code == READONLY


def test_a_syntax_error_of_a_reader_is_told_as_such(reader: Client) -> None:
    assert refusal(reader.execute, "SELEC 1").code == SYNTAX_ERROR


def test_a_reader_shapes_its_questions_with_settings(reader: Client) -> None:
    settings: dict[str, Any] = {"max_threads": 1, "log_comment": "feature=insights", "readonly": 2}
    sql = "SELECT getSetting('max_threads'), getSetting('log_comment'), getSetting('readonly')"

    assert reader.execute(sql, settings=settings) == [(1, "feature=insights", 1)]
    assert reader.execute("SELECT getSetting('log_comment')") == [("",)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("readonly", 0),
        ("max_execution_time", 0),
        ("max_execution_time", 1_000_000),
        ("max_memory_usage", 0),
        ("max_memory_usage", 10**15),
        ("max_memory_usage", "unlimited"),
        ("max_memory_usage", "nan"),
        ("allow_experimental_eval_table_function", 1),
        ("allow_introspection_functions", 1),
        ("select", "file('/etc/passwd')"),
        ("additional_result_filter", "file('/etc/passwd') != ''"),
        ("dialect", "prql"),
    ],
)
def test_a_reader_cannot_lift_its_bounds(reader: Client, name: str, value: object) -> None:
    assert refusal(reader.execute, "SELECT 1", settings={name: value}).code == SETTING_CONSTRAINT


def test_the_ceilings_of_readers_are_in_force(reader: Client) -> None:
    ((memory, seconds),) = reader.execute(
        "SELECT getSetting('max_memory_usage'), getSetting('max_execution_time')"
    )

    assert 0 < memory <= 1024 * 1024 * 1024
    assert 0 < seconds <= 60


def needs_landlock(server: RunningServer) -> None:
    if platform.system() != "Linux" or "no Landlock" in server.output.read_text():
        pytest.skip("this kernel has no Landlock: nothing holds the writer's SQL back from files")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT file('{path}')",
        "SELECT * FROM file('{path}', 'CSV', 'a String')",
        "SELECT 1 INTO OUTFILE '{written}'",
        "SELECT * FROM file('/proc/1/environ', 'RawBLOB')",
        "SELECT * FROM url('http://127.0.0.1:{port}/', 'CSV', 'a String') SETTINGS http_max_tries = 1",
        "SELECT * FROM remote('127.0.0.1:{port}', 'system.one', '{user}')",
    ],
)
def test_the_sandbox_holds_the_writer_too(
    shared_server: RunningServer, secret: Path, tmp_path: Path, sql: str
) -> None:
    needs_landlock(shared_server)
    options = shared_server.options
    written = tmp_path / "written"
    with shared_server.client() as client:
        refused = refusal(
            client.execute, sql.format(path=secret, written=written, port=options.port, user=options.user)
        )

    assert "ermission denied" in refused.message
    assert not written.exists()


def test_the_servers_own_memory_holds_no_password_and_no_environment(
    own_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CA_JWT_KEY", SECRET)
    server: RunningServer = own_server()

    with server.client() as client:
        environment = client.execute("SELECT file('/proc/self/environ')")[0][0]

    users = (server.folder.parent / "users.json").read_text()
    command_line = Path(f"/proc/{server.process.pid}/cmdline").read_text()
    for place in (environment, users, command_line):
        assert SECRET not in place
        assert server.options.password not in place
        assert server.options.reader_password not in place
