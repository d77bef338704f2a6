"""A full disk is told in one line, and takes no supervisor down."""

import errno
from pathlib import Path

import pytest

from embedded.clickhouse.configuration import KEPT_FREE_BYTES, Limits, configuration_xml
from embedded.room import LEAST_BYTES, lack_of_room
from embedded.run_folder import RunFolder


def test_a_disk_with_room_lacks_nothing(tmp_path: Path) -> None:
    assert lack_of_room(tmp_path, least=0) == ""


def test_a_full_one_is_told_with_what_is_free_and_what_to_do(tmp_path: Path) -> None:
    line = lack_of_room(tmp_path, least=1 << 60)
    assert line.startswith("The disk is full: ")
    assert str(tmp_path) in line
    assert "make room" in line


def test_what_is_started_finds_more_room_than_clickhouse_keeps_free() -> None:
    assert LEAST_BYTES > KEPT_FREE_BYTES
    assert f"<keep_free_space_bytes>{KEPT_FREE_BYTES}<" in configuration_xml(Limits())


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path)
    folder.path.mkdir()
    folder.write({}, {"web": "here"})
    return folder


def failing_with(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(Path, "write_text", fail)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_on_a_full_disk_the_state_before_stands(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    failing_with(number, monkeypatch)
    folder.write({}, {"web": "there"})
    assert folder.state()["addresses"] == {"web": "here"}


def test_any_other_failure_is_not_kept_quiet(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_with(errno.EACCES, monkeypatch)
    with pytest.raises(PermissionError):
        folder.write({}, {})
