"""What the supervisor is told, and what the server is handed."""

import json
import stat
from pathlib import Path

import pytest

from embedded.clickhouse.configuration import Limits, configuration_xml
from embedded.clickhouse.process import server
from embedded.clickhouse.processor import lacks_avx2
from embedded.clickhouse.users import read_users, user, write_users
from runtime.options import ClickHouse, Options
from runtime.restarts import NEEDS_A_PERSON

PASSWORD = "a word of forty characters and then some."


def options(folder: Path, **changes: object) -> Options:
    clickhouse = ClickHouse(password=PASSWORD, reader_password=PASSWORD, **changes)  # type: ignore[arg-type]
    return Options(data_dir=folder, clickhouse=clickhouse)


def test_the_command_line_holds_no_password(tmp_path: Path) -> None:
    assert PASSWORD not in " ".join(server(options(tmp_path)).command)


def test_the_command_line_follows_the_options(tmp_path: Path) -> None:
    line = server(options(tmp_path, port=19123, memory_mb=300, fsync=True)).command

    assert line[line.index("--port") + 1] == "19123"
    assert line[line.index("--memory-mb") + 1] == "300"
    assert "--fsync" in line
    assert "--fsync" not in server(options(tmp_path)).command


def test_somebody_elses_server_is_waited_for_and_not_started(tmp_path: Path) -> None:
    assert server(options(tmp_path, embedded=False)).command == ()


def test_users_are_handed_over_as_hashes_that_only_the_owner_reads(tmp_path: Path) -> None:
    process = server(options(tmp_path))
    assert process.prepare is not None

    process.prepare()
    process.prepare()

    path = Path(process.command[process.command.index("--users") + 1])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert PASSWORD not in path.read_text()
    writer, reader = read_users(path).values()
    assert writer.accepts(PASSWORD)
    assert reader.accepts(PASSWORD)
    assert (writer.read_only, reader.read_only) == (False, True)


@pytest.mark.parametrize("wrong", ["", PASSWORD[:-1], PASSWORD.upper()])
def test_a_wrong_password_is_not_accepted(wrong: str) -> None:
    assert not user("a", PASSWORD, read_only=False).accepts(wrong)


def test_equal_passwords_have_different_hashes(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    write_users(path, [user("a", PASSWORD, read_only=False), user("b", PASSWORD, read_only=True)])

    first, second = json.loads(path.read_text())

    assert first["digest"] != second["digest"]


def test_every_bound_of_the_configuration_follows_the_memory() -> None:
    small, large = configuration_xml(Limits(memory_mb=256)), configuration_xml(Limits(memory_mb=8192))

    assert "<max_server_memory_usage>268435456</max_server_memory_usage>" in small
    assert "<max_server_memory_usage>8589934592</max_server_memory_usage>" in large
    assert small.splitlines() != large.splitlines()
    assert "<fsync_after_insert>0</fsync_after_insert>" in small
    assert "<fsync_after_insert>1</fsync_after_insert>" in configuration_xml(Limits(fsync=True))


@pytest.mark.parametrize(
    ("machine", "flags", "lacking"),
    [
        ("x86_64", "fpu sse4_2 avx avx2", False),
        ("x86_64", "fpu sse4_2 avx", True),
        ("aarch64", "", False),
    ],
)
def test_a_processor_without_avx2_is_told_apart(
    tmp_path: Path, machine: str, flags: str, lacking: bool
) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"processor : 0\nflags\t\t: {flags}\n")

    assert lacks_avx2(machine, cpuinfo) is lacking


def test_a_server_that_asks_for_a_person_is_not_started_again(tmp_path: Path) -> None:
    assert NEEDS_A_PERSON in server(options(tmp_path)).final_exits
