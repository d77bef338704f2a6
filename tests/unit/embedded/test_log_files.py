"""Log files are complete, readable and bounded."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.log_files import LogFile, Logs


@contextmanager
def following(logs: Logs, name: str) -> Iterator[int]:
    """A pipe as a child has it: what is written here is followed under this name."""
    read_end, write_end = os.pipe()
    logs.follow(name, read_end)
    yield write_end
    os.close(write_end)


def test_a_line_stands_in_the_log_of_its_process_and_with_its_name_in_the_log_of_all(tmp_path: Path) -> None:
    logs = Logs(tmp_path)
    with following(logs, "web") as web, following(logs, "beat") as beat:
        os.write(web, b"one\ntwo without an end")
        os.write(beat, b"tick\n")
    logs.close()

    assert (tmp_path / "web.log").read_text() == "one\ntwo without an end\n"
    assert sorted((tmp_path / "stack.log").read_text().split("\n"))[1:] == [
        "beat         tick",
        "web          one",
        "web          two without an end",
    ]


def test_the_last_lines_are_those_of_the_newest_child_of_that_name(tmp_path: Path) -> None:
    logs = Logs(tmp_path)
    with following(logs, "web") as first:
        os.write(first, b"from the first\n")
    assert logs.last_lines("web") == ["from the first"]

    with following(logs, "web") as second:
        os.write(second, b"from the second\n")

    assert logs.last_lines("web") == ["from the second"]
    logs.close()


def test_a_log_file_starts_anew_at_its_bound_and_keeps_the_one_before(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "web.log", max_bytes=10)

    for line in (b"first\n", b"second\n", b"third\n"):
        file.write(line)
    file.close()

    assert (tmp_path / "web.log").read_text() == "third\n"
    assert (tmp_path / "web.log.1").read_text() == "second\n"


def test_a_full_disk_loses_lines_and_not_the_reading(tmp_path: Path) -> None:
    (tmp_path / "web.log").symlink_to("/dev/full")
    logs = Logs(tmp_path)

    with following(logs, "web") as web:
        for _ in range(5):
            os.write(web, b"x" * 60_000 + b"\n")  # more than a pipe holds: it is being read

    assert len(logs.last_lines("web")) == 5
    logs.close()
