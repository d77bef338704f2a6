"""The migrator against a real server: cut short anywhere, edited files, unknown states, two at once."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from io import StringIO
from signal import SIGKILL
from uuid import uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from runtime.options import Options
from tests.integration.warehouse.facts import RECEIVED_US, columns_of, metric_event
from warehouse import migration_lock, migrator
from warehouse.client import Writer, writer_of
from warehouse.errors import MigrationError
from warehouse.migration_files import Migration, read_migrations
from warehouse.migrator import Migrator, State
from warehouse.tables import METRIC_EVENTS, TABLES, VIEWS
from warehouse.writer import insert

FEATURE = "test"
LAST_RECEIVED = 9  # the number of the migration that brings the table
STATEMENTS = sum(len(migration.rendered("")) for migration in read_migrations())


class CutShort(Exception):
    """Stands for a kill between two statements."""


@pytest.fixture
def server(empty_database: Options) -> Iterator[Writer]:
    server = writer_of(empty_database, database="default")
    yield server
    server.run(f"DROP DATABASE IF EXISTS {empty_database.clickhouse.database}", feature=FEATURE)
    server.close()


@pytest.fixture
def writer(empty_database: Options) -> Iterator[Writer]:
    writer = writer_of(empty_database)
    yield writer
    writer.close()


@pytest.fixture
def build(empty_database: Options, server: Writer, writer: Writer) -> "Build":
    return Build(empty_database, server, writer)


class Build:
    """Makes migrators for the empty database."""

    def __init__(self, options: Options, server: Writer, writer: Writer) -> None:
        self._options, self._server, self.writer = options, server, writer

    def __call__(self, migrations: Sequence[Migration] | None = None) -> Migrator:
        files = read_migrations() if migrations is None else migrations
        return Migrator(self._options.clickhouse, self._server, self.writer, files)

    def apply(self, migrations: Sequence[Migration] | None = None) -> None:
        self(migrations).apply(lambda *_: None)

    def apply_until(self, statement: int) -> None:
        """Run this many statements, then die."""
        told: list[int] = []

        def tell(*_: object) -> None:
            told.append(1)
            if len(told) > statement:
                raise CutShort

        self().apply(tell)

    def states(self, migrations: Sequence[Migration] | None = None) -> list[State]:
        return [each.state for each in self(migrations).standing()]

    def tables(self) -> set[str]:
        rows = self.writer.rows(
            "SELECT name FROM system.tables WHERE database = currentDatabase()", feature=FEATURE
        )
        return {name for (name,) in rows}


def numbered(*statements: str) -> list[Migration]:
    return [
        Migration(number, f"{number:04}_made_up", statement)
        for number, statement in enumerate(statements, start=1)
    ]


def make(table: str) -> str:
    return f"CREATE TABLE IF NOT EXISTS {table} (a Int8) ENGINE = Memory;"


def test_it_makes_the_database_and_everything_in_it(build: Build) -> None:
    build.apply()
    made = {table.name for table in TABLES} | {view.name for view in VIEWS} | {"schema_migrations"}
    assert build.tables() == made
    assert set(build.states()) == {State.APPLIED}


def test_before_the_first_run_everything_is_pending(build: Build) -> None:
    assert set(build.states()) == {State.PENDING}
    assert [migration.name for migration in build().plan()] == [each.name for each in read_migrations()]


def test_a_second_run_does_nothing(build: Build) -> None:
    build.apply()
    told: list[object] = []
    build().apply(lambda *told_of: told.append(told_of))
    assert told == []


@pytest.mark.parametrize("statement", range(STATEMENTS))
def test_cut_short_before_any_statement_it_says_so_and_the_next_run_completes(
    build: Build, statement: int
) -> None:
    with pytest.raises(CutShort):
        build.apply_until(statement)
    assert build.states().count(State.IN_PROGRESS) == 1
    build.apply()
    assert set(build.states()) == {State.APPLIED}
    assert {table.name for table in TABLES} | {view.name for view in VIEWS} < build.tables()


def test_what_was_received_before_there_was_a_place_for_it_is_found_there(build: Build) -> None:
    files = read_migrations()
    build.apply([file for file in files if file.number < LAST_RECEIVED])
    workspace = uuid4()
    for count in (1, 2):
        received = RECEIVED_US + count
        row = metric_event(workspace, f"e{count}", received_us=received)
        insert(METRIC_EVENTS, columns_of(row), feature=FEATURE, writer=build.writer)
    for table, source, bucket in (
        ("rollup_15min", "hour", "2026-03-01 10:00:00"),
        ("rollup_day", "day", "2026-03-01"),
    ):
        told = {"campaign": uuid4(), "source": source, "bucket": bucket}
        build.writer.run(
            f"INSERT INTO {table} (campaign_id, source, bucket) SELECT %(campaign)s, %(source)s, %(bucket)s",
            told,
            feature=FEATURE,
        )
    build.apply()
    received = datetime.fromtimestamp((RECEIVED_US + 2) / 1e6, UTC)
    assert last_received(build) == [
        ("day", "2026-02-28 00:00:00.000000"),
        ("events", f"{received:%Y-%m-%d %H:%M:%S.%f}"),
        ("hour", "2026-03-01 10:00:00.000000"),
    ]


def last_received(build: Build) -> list[tuple[str, str]]:
    statement = "SELECT source, toString(received_at) FROM last_received FINAL ORDER BY source"
    return [(source, at) for source, at in build.writer.rows(statement, feature=FEATURE)]


def test_a_table_that_lost_its_rows_is_filled_again(build: Build) -> None:
    build.apply()
    row = metric_event(uuid4(), "e1", received_us=RECEIVED_US)
    insert(METRIC_EVENTS, columns_of(row), feature=FEATURE, writer=build.writer)
    told = last_received(build)
    build.writer.run("TRUNCATE TABLE last_received", feature=FEATURE)
    build().refill("last_received")
    assert last_received(build) == told != []


def test_what_no_migration_fills_cannot_be_filled_again(build: Build) -> None:
    build.apply()
    with pytest.raises(MigrationError, match="No migration fills metric_events"):
        build().refill("metric_events")


def test_nothing_is_filled_by_a_migration_that_was_not_applied(build: Build) -> None:
    with pytest.raises(MigrationError, match="No migration fills last_received"):
        build().refill("last_received")


@pytest.mark.django_db
def test_the_command_names_what_it_filled(options: Options) -> None:
    output = StringIO()
    call_command("migrate_warehouse", "refill", "last_received", stdout=output)
    assert output.getvalue() == "last_received was filled by 5 statements.\n"


@pytest.mark.parametrize("arguments", [["refill"], ["status", "last_received"]])
def test_a_table_is_named_with_refill_alone(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="Name a table with refill"):
        call_command("migrate_warehouse", *arguments)


def test_only_what_is_missing_is_run(build: Build) -> None:
    first, both = numbered(make("a")), numbered(make("a"), make("b"))
    build.apply(first)
    assert build.states(both) == [State.APPLIED, State.PENDING]
    assert [migration.number for migration in build(both).plan()] == [2]
    build.apply(both)
    assert {"a", "b"} < build.tables()


def test_a_file_that_was_edited_after_it_was_applied_is_refused(build: Build) -> None:
    build.apply(numbered(make("a")))
    with pytest.raises(MigrationError, match=r"0001_made_up\.sql was edited"):
        build.apply(numbered(make("b")))
    assert "b" not in build.tables()


def test_a_file_that_failed_may_be_mended(build: Build) -> None:
    with pytest.raises(Exception, match="NoSuchType"):
        build.apply(numbered("CREATE TABLE IF NOT EXISTS a (a NoSuchType) ENGINE = Memory;"))
    assert build.states(numbered(make("a"))) == [State.IN_PROGRESS]
    build.apply(numbered(make("a")))
    assert build.states(numbered(make("a"))) == [State.APPLIED]


def test_a_warehouse_of_a_newer_version_is_refused(build: Build) -> None:
    build.apply(numbered(make("a"), make("b")))
    with pytest.raises(
        MigrationError, match=r"0002_made_up, which this version of the product does not know"
    ):
        build.apply(numbered(make("a")))


def test_a_server_that_is_too_old_is_refused(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrator, "OLDEST_SERVER", (99, 1))
    with pytest.raises(MigrationError, match=r"the product needs 99\.1 or newer"):
        build.apply()


# --- the command -------------------------------------------------------------------------------


@pytest.fixture
def command_environment(server: Writer, empty_database: Options) -> dict[str, str]:
    return {**os.environ, "CA_CLICKHOUSE_DATABASE": empty_database.clickhouse.database}


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(command_environment: dict[str, str]) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        started.append(
            subprocess.Popen(
                [sys.executable, "manage.py", "migrate_warehouse", *arguments],
                env=command_environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def test_a_migrator_that_was_killed_leaves_work_that_the_next_completes(start: Start, build: Build) -> None:
    killed = start()
    assert killed.stdout
    while "0002" not in killed.stdout.readline():
        assert killed.poll() is None
    killed.send_signal(SIGKILL)
    killed.wait()
    assert State.IN_PROGRESS in build.states()
    output, _ = start().communicate()
    assert output.endswith("The warehouse is up to date.\n")
    assert set(build.states()) == {State.APPLIED}


def test_two_at_once_both_end_well(start: Start, build: Build) -> None:
    both = [start(), start()]
    outputs = [process.communicate()[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert set(build.states()) == {State.APPLIED}


@pytest.mark.django_db
def test_who_finds_another_at_work_says_so_and_waits(start: Start, build: Build) -> None:
    with psycopg.connect(**connection.get_connection_params() | {"dbname": "campaign_analytics"}) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [migration_lock.LOCK])
        waiting = start()
        assert waiting.stdout
        assert waiting.stdout.readline() == "Another migration is running; waiting for it to end.\n"
        assert set(build.states()) == {State.PENDING}
    output, _ = waiting.communicate()
    assert output.endswith("The warehouse is up to date.\n")


def test_the_plan_is_the_sql_and_changes_nothing(start: Start, build: Build) -> None:
    output, _ = start("plan").communicate()
    assert output.startswith("-- 0001_metric_events\nCREATE TABLE IF NOT EXISTS metric_events")
    assert set(build.states()) == {State.PENDING}


def test_the_status_names_every_migration(options: Options) -> None:
    output = StringIO()
    call_command("migrate_warehouse", "status", stdout=output)
    assert output.getvalue().splitlines() == [f"applied      {each.name}" for each in read_migrations()]


def test_an_edited_file_fails_the_command_with_a_sentence(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = [*numbered(make("a")), *read_migrations()[1:]]
    monkeypatch.setattr("warehouse.management.commands.migrate_warehouse.read_migrations", lambda: edited)
    with pytest.raises(CommandError, match="was edited after it had been applied"):
        call_command("migrate_warehouse", "status")
