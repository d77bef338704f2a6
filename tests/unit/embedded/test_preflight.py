"""Each thing in the way is one line that says what to do."""

import errno
import platform
from pathlib import Path

import pytest

from embedded.preflight import (
    CannotStart,
    disk_obstacles,
    explain,
    make_data_folder,
    platform_obstacles,
)


def test_a_disk_that_is_nearly_full_is_refused_with_both_ways_out(tmp_path: Path) -> None:
    [line] = disk_obstacles(tmp_path, needed=1 << 60)

    assert "MB are free" in line
    assert "make room, or set CA_DATA_DIR" in line


def test_a_disk_with_room_is_not_in_the_way(tmp_path: Path) -> None:
    assert list(disk_obstacles(tmp_path, needed=1)) == []


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(CannotStart, match=r"Cannot write to the data folder .*/file/data: Not a directory"):
        make_data_folder(tmp_path / "file" / "data")


@pytest.mark.parametrize(
    ("code", "way_out"),
    [
        (errno.ENOSPC, "Make room, or set CA_DATA_DIR"),
        (errno.EACCES, "or set CA_DATA_DIR to a folder that may"),
    ],
)
def test_an_error_of_the_operating_system_comes_with_its_way_out(code: int, way_out: str) -> None:
    line = explain(OSError(code, "said the kernel", "/data/file"))

    assert line.startswith("said the kernel (/data/file). ")
    assert way_out in line


@pytest.mark.parametrize(
    ("function", "answer", "said"),
    [
        ("machine", "riscv64", "do not exist for riscv64"),
        ("system", "Windows", "use Linux, or macOS (untested)"),
        ("libc_ver", ("musl", "1.2"), "need glibc"),
    ],
)
def test_a_platform_without_engines_is_refused(
    monkeypatch: pytest.MonkeyPatch, function: str, answer: object, said: str
) -> None:
    monkeypatch.setattr(platform, function, lambda: answer)

    [line] = platform_obstacles()

    assert said in line
