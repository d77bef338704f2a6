"""What `manage.py warehouse_status` tells, and what it says when there is nothing to ask."""

import json
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from msgspec import structs

from analytics_project.readings import Readings, taken_away
from embedded.ports import free_ports
from runtime.options import Options
from tests.integration.warehouse.facts import columns_of, metric_event
from warehouse.client import Reader, Writer, reader_of
from warehouse.management.commands import warehouse_status as command
from warehouse.migration_files import read_migrations
from warehouse.parts import parts_taken_away
from warehouse.status import pending_migrations
from warehouse.tables import METRIC_EVENTS
from warehouse.writer import insert


def told(*arguments: str) -> str:
    output = StringIO()
    call_command("warehouse_status", *arguments, stdout=output)
    return output.getvalue()


@pytest.fixture
def some_rows(writer: Writer, workspace: UUID) -> None:
    insert(METRIC_EVENTS, columns_of(metric_event(workspace)), feature="test", writer=writer)


def test_a_script_is_told_version_memory_and_tables(some_rows: None, reader: Reader) -> None:
    status: dict[str, Any] = json.loads(told("--json"))
    assert status["version"] == reader.value("SELECT version()", feature="test")
    assert status["memory_bytes"] > 0
    (table,) = [table for table in status["tables"] if table["name"] == "metric_events"]
    assert table["rows"] >= 1
    assert table["parts"] >= 1
    assert table["bytes_on_disk"] > 0


def test_a_person_is_told_the_same_in_lines(some_rows: None) -> None:
    first, *tables = told().splitlines()
    assert first.startswith("ClickHouse 26.")
    assert "in memory" in first
    assert any(line.split()[0] == "metric_events" for line in tables)


@pytest.fixture
def nobody(options: Options) -> Iterator[Reader]:
    """The reader of a server that does not run."""
    (port,) = free_ports(1)
    moved = structs.replace(options.clickhouse, port=port)
    with closing(reader_of(structs.replace(options, clickhouse=moved))) as reader:
        yield reader


def test_a_server_that_is_down_is_said_in_one_line(nobody: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "reader", lambda: nobody)
    with pytest.raises(CommandError, match="ClickHouse cannot be reached"):
        told()


@pytest.fixture
def spoilt(writer: Writer, reader: Reader, some_rows: None) -> Iterator[None]:
    """A part as a start leaves it that found it spoilt."""
    where = "WHERE database = currentDatabase() AND table = 'metric_events'"
    part = reader.value(f"SELECT any(name) FROM system.parts {where} AND active", feature="test")
    writer.run(f"ALTER TABLE metric_events DETACH PART '{part}'", feature="test")
    lies = Path(reader.value(f"SELECT path FROM system.detached_parts {where}", feature="test"))
    away = lies.with_name(f"broken-on-start_{part}")
    lies.rename(away)
    yield
    away.rename(lies)
    writer.run(f"ALTER TABLE metric_events ATTACH PART '{part}'", feature="test")


def test_a_part_that_a_start_took_away_is_counted(spoilt: None, reader: Reader) -> None:
    assert parts_taken_away(reader) == 1
    assert b"ca_parts_taken_away 1.0" in Readings(taken_away, seconds=30).page()


def test_no_part_was_taken_away_before(reader: Reader) -> None:
    assert parts_taken_away(reader) == 0


def test_nothing_is_pending_once_it_is_migrated(reader: Reader) -> None:
    assert pending_migrations(reader) == []


def test_everything_is_pending_before_there_is_a_database(empty_database: Options) -> None:
    with closing(reader_of(empty_database)) as reader:
        assert pending_migrations(reader) == [migration.name for migration in read_migrations()]
