"""A process that has loaded its code waits for its turn, with a supervisor and only then."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from embedded.turn import Turn
from runtime.options import REPOSITORY
from runtime.turn import TURN_FILE, await_turn

MARK = "print('loaded')"
WAITS = (sys.executable, "-c", f"from runtime.turn import await_turn; {MARK}; await_turn(); print('works')")
# `json.tool` stands for a program that is not ours.
RUNS = (sys.executable, "-m", "runtime.turn", "json.scanner,json.encoder", "json.tool", "--json-lines")


def launched(command: tuple[str, ...], turn_file: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, TURN_FILE: str(turn_file)}
    return subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_without_a_supervisor_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TURN_FILE, raising=False)

    assert await_turn() is None


@pytest.mark.parametrize("command", [WAITS, RUNS])
def test_it_tells_that_it_has_loaded_and_works_only_once_its_turn_has_come(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    turn = Turn(tmp_path / "one.turn")
    process = launched(command, tmp_path / "one.turn")
    while not turn.is_awaited():
        assert process.poll() is None

    assert process.poll() is None
    turn.come()
    said, _ = process.communicate("[1]")

    assert process.returncode == 0
    assert said.split()[-1] in ("works", "]")


def test_whose_turn_has_come_already_does_not_wait(tmp_path: Path) -> None:
    Turn(tmp_path / "one.turn").come()

    said, _ = launched(WAITS, tmp_path / "one.turn").communicate()

    assert said.split() == ["loaded", "works"]


def test_what_an_earlier_process_told_is_not_taken_for_the_new_ones_word(tmp_path: Path) -> None:
    first = Turn(tmp_path / "one.turn")
    first.come()
    launched(WAITS, tmp_path / "one.turn").communicate()
    assert first.is_awaited()

    second = Turn(tmp_path / "one.turn")
    second.come()

    assert not second.is_awaited()
