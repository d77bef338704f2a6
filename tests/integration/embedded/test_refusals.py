"""A start that cannot work is one clear line with the way out, and not a traceback."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from embedded.engines import throw_away_places
from embedded.run_folder import MARK, RunFolder
from runtime.catalogue import PREFIX
from runtime.readiness import READY_FILE
from runtime.stored_secrets import store_missing_secrets
from tests.integration.embedded.dummies import DummyStack
from tests.running_stack import RunningStack, is_alive, wait_until

INSTALL = Path("embedded/install.sh")


def embedded(
    command: str, data_dir: Path, answer: str = "", **options: str
) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return subprocess.run(
        [sys.executable, "-m", "embedded", command],
        env={**inherited, **throw_away_places(data_dir), **options},
        input=answer,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_taken_port_names_its_holder_and_the_option_that_changes_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        result = embedded("engines", tmp_path, CA_REDIS_LOG_PORT=str(port))

    assert result.returncode == 1
    assert f"Port {port} is taken by" in result.stderr
    assert f"(process {os.getpid()}): stop it, or set CA_REDIS_LOG_PORT to a free port." in result.stderr
    assert "Traceback" not in result.stderr


def test_a_second_copy_on_the_same_data_folder_is_refused_and_the_first_named(stack: DummyStack) -> None:
    stack.add("server").up()

    result = embedded("engines", stack.data_dir)

    assert result.returncode == 1
    assert f"Another copy (process {stack.supervisor.pid}) runs on the data folder" in result.stderr
    assert "give this one its own CA_DATA_DIR and ports" in result.stderr
    assert is_alive(stack.pid("server"))


def test_of_two_first_starts_at_once_one_comes_up_and_the_other_is_refused_in_one_line(
    tmp_path: Path,
) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    up = tmp_path / "up"
    environment = inherited | throw_away_places(tmp_path / "data") | {READY_FILE: str(up)}
    copies = [RunningStack(tmp_path / name) for name in ("one", "other")]
    with copies[0].torn_down(), copies[1].torn_down():
        for copy in copies:
            copy.launch("embedded", "engines", env=environment)
        wait_until(lambda: any(map(has_ended, copies)), "one is refused")
        refused, running = sorted(copies, key=has_ended, reverse=True)
        wait_until(lambda: up.exists() or has_ended(running), "the other is up")

        assert not has_ended(running), running.said()
        assert refused.exit_code() == 1
        assert "Another copy" in refused.said()
        assert len(refused.said().splitlines()) == 1


def has_ended(copy: RunningStack) -> bool:
    return copy.supervisor.poll() is not None


def test_what_a_killed_supervisor_left_in_the_run_folder_is_harmless(stack: DummyStack) -> None:
    run = stack.data_dir / "run"
    run.mkdir()
    (run / "lock").touch()
    mine = str(os.getpid())
    (run / "stack.json").write_text(
        f'{{"supervisor": 1, "processes": {{"web": {mine}}}, "births": {{"{mine}": 1}}}}'
    )

    stack.add("server").up()

    assert is_alive(int(mine))
    assert list(stack.state()["processes"]) == ["server"]


def test_half_a_state_file_is_harmless(stack: DummyStack) -> None:
    run = stack.data_dir / "run"
    run.mkdir()
    (run / "stack.json").write_text('{"supervisor": 1, "proc')

    stack.add("server").up()

    assert list(stack.state()["processes"]) == ["server"]


def test_a_data_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    result = embedded("run", tmp_path / "file" / "data")

    assert result.returncode == 1
    assert result.stderr.startswith("Cannot write to the data folder")
    assert len(result.stderr.splitlines()) == 1


def test_a_misspelled_option_is_refused_with_a_suggestion(tmp_path: Path) -> None:
    result = embedded("run", tmp_path, CA_WEB_PROT="9000")

    assert result.returncode == 1
    assert "CA_WEB_PROT is not an option of this product. Did you mean CA_WEB_PORT?" in result.stderr


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A data folder that a copy ran on."""
    data_dir = tmp_path / "data"
    with RunFolder(data_dir).held():
        return data_dir


def test_reset_asks_and_takes_anything_but_yes_for_a_no(used: Path) -> None:
    result = embedded("reset", used, answer="y\n")

    assert "Nothing was deleted." in result.stderr
    assert used.exists()


@pytest.mark.parametrize(("answer", "options"), [("yes\n", {}), ("", {"YES": "1"})])
def test_reset_deletes_the_data_folder_when_told_to(used: Path, answer: str, options: dict[str, str]) -> None:
    result = embedded("reset", used, answer, **options)

    assert result.returncode == 0
    assert not used.exists()


def test_reset_knows_a_data_folder_of_before_there_was_a_mark_by_its_secrets(used: Path) -> None:
    (used / MARK).unlink()
    store_missing_secrets(used)

    assert embedded("reset", used, YES="1").returncode == 0
    assert not used.exists()


@pytest.mark.parametrize("thing", ["letters", "run"])
def test_reset_leaves_a_folder_that_is_not_ours(tmp_path: Path, thing: str) -> None:
    """`/` and `/var` hold a `run`, too."""
    (tmp_path / thing).mkdir()

    result = embedded("reset", tmp_path, YES="1")

    assert "is not a data folder of this product" in result.stderr
    assert (tmp_path / thing).exists()


def test_reset_refuses_while_the_stack_runs(stack: DummyStack) -> None:
    stack.add("server").up()

    result = embedded("reset", stack.data_dir, YES="1")

    assert result.returncode == 1
    assert "Another copy" in result.stderr
    assert is_alive(stack.pid("server"))


@pytest.mark.parametrize(
    ("script", "what_it_is"),
    [("#!/bin/sh\n[ $1 = --version ] && echo Python 3.8.1\n", "Python 3.8.1"), ("", "not there")],
)
def test_a_missing_or_too_old_python_is_said_before_anything_is_made(
    tmp_path: Path, script: str, what_it_is: str
) -> None:
    python = tmp_path / "python3"
    if script:
        python.write_text(script)
        python.chmod(0o755)

    result = subprocess.run(
        ["sh", INSTALL.absolute(), "requirements/run.txt"],
        cwd=tmp_path,
        env={**os.environ, "PYTHON": str(python)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert f"Python 3.11 or newer is needed, and {python} is {what_it_is}." in result.stderr
    assert not (tmp_path / ".venv").exists()
