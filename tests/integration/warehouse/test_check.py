"""What `manage.py warehouse_check` says of parts whose files are spoilt, and how it takes them out."""

from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from runtime.options import Options
from tests.contract.clickhouse.running import RunningServer
from tests.integration.warehouse.facts import columns_of, metric_event
from warehouse.client import Writer, reader_of, writer_of
from warehouse.management.commands import warehouse_check as command
from warehouse.tables import METRIC_EVENTS
from warehouse.writer import insert

WHOLE = "Every part is whole, and none was taken out.\n"


@pytest.fixture
def own_writer(own_options: Options, monkeypatch: pytest.MonkeyPatch) -> Iterator[Writer]:
    """Of a server that the command asks, too."""
    with closing(writer_of(own_options)) as writer, closing(reader_of(own_options)) as reader:
        monkeypatch.setattr(command, "writer", lambda: writer)
        monkeypatch.setattr(command, "reader", lambda: reader)
        yield writer


@pytest.fixture
def part(own_writer: Writer, workspace: UUID) -> Path:
    """Where the one part of the raw table lies."""
    insert(METRIC_EVENTS, columns_of(metric_event(workspace)), feature="test", writer=own_writer)
    sql = "SELECT path FROM system.parts WHERE active AND table = 'metric_events'"
    return Path(own_writer.value(sql, feature="test"))


def spoil(part: Path) -> None:
    """As a merge leaves it whose last write found no room."""
    (marks,) = part.glob("*.cmrk*")
    marks.write_bytes(b"")


def told(*arguments: str) -> str:
    output = StringIO()
    call_command("warehouse_check", *arguments, stdout=output)
    return output.getvalue()


def complaint() -> tuple[str, str]:
    """What it prints, and what it ends with."""
    output = StringIO()
    with pytest.raises(CommandError) as ended:
        call_command("warehouse_check", stdout=output)
    assert ended.value.returncode == 1
    return output.getvalue(), str(ended.value)


def test_where_all_is_well_it_says_so(part: Path) -> None:
    assert told() == WHOLE


def test_a_spoilt_part_is_named_taken_out_and_dropped(part: Path, own_writer: Writer) -> None:
    spoil(part)

    printed, end = complaint()
    assert f"metric_events {part.name} is spoilt: " in printed
    assert f"warehouse_check --detach metric_events {part.name}" in printed
    assert end.startswith("1 spoilt, 0 taken out.")

    assert "docs/operating.md" in told("--detach", "metric_events", part.name)
    assert own_writer.value("SELECT count() FROM metric_events", feature="test") == 0
    printed, end = complaint()
    assert f"metric_events {part.name} was taken out by hand" in printed
    assert f"warehouse_check --drop-detached metric_events {part.name}" in printed
    assert end.startswith("0 spoilt, 1 taken out.")

    told("--drop-detached", "metric_events", part.name)
    assert told() == WHOLE


def test_a_part_that_a_start_took_out_is_named_and_dropped(part: Path, own_server: RunningServer) -> None:
    spoil(part)
    own_server.kill()
    own_server.start()

    printed, end = complaint()

    assert f"broken-on-start_{part.name} was taken out by a start of ClickHouse (broken-on-start)" in printed
    assert end.startswith("0 spoilt, 1 taken out.")

    told("--drop-detached", "metric_events", f"broken-on-start_{part.name}")
    assert told() == WHOLE


def test_a_part_that_is_not_there_is_refused_in_one_line(own_writer: Writer) -> None:
    with pytest.raises(CommandError, match="ClickHouse refused"):
        told("--detach", "metric_events", "202610_15_30_4")
    with pytest.raises(CommandError, match="ClickHouse refused"):
        told("--drop-detached", "metric_events", "202610_15_30_4")
