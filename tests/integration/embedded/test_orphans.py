"""Nothing outlives its parent, whoever is killed."""

import os
import subprocess
import sys
from pathlib import Path
from signal import SIGKILL

import pytest

from embedded.child import LAUNCHER
from tests.integration.embedded.dummies import DummyStack
from tests.running_stack import is_alive, wait_until

# What makes a step run a program that takes its time, with a stand-in for the program.
STEPS = {
    "initdb": """
import sys, pathlib
from embedded import postgres
folder, stand_in = sys.argv[1:]
postgres.postgres_program = lambda name: stand_in
postgres.make_cluster(pathlib.Path(folder) / "18")
""",
    "mvn": """
import sys, pathlib
from embedded import kafka
folder, stand_in = sys.argv[1:]
kafka.PROGRAMS = pathlib.Path(folder) / "kafka-0"
kafka._copy_by(stand_in)
""",
}


@pytest.mark.parametrize("where", ["in-group", "own-session"])
def test_a_worker_that_outlives_its_killed_parent_is_ended_before_the_respawn(
    stack: DummyStack, where: str
) -> None:
    stack.add("server", "--worker", where).up()
    worker = stack.worker("server")

    stack.kill("server")
    wait_until(lambda: stack.journal().count("server starts") == 2, "it is started again")

    assert not is_alive(worker)


def test_every_child_dies_with_a_killed_supervisor(stack: DummyStack) -> None:
    stack.add("server").add("deaf", "--deaf").up()
    children = list(stack.pids().values())
    assert all(is_alive(pid) for pid in children)

    stack.signal(SIGKILL)

    wait_until(lambda: not any(is_alive(pid) for pid in children), "the children are gone")


def test_a_worker_dies_when_its_parent_and_the_supervisor_are_killed_together(stack: DummyStack) -> None:
    stack.add("server", "--worker", "dies-with-parent").up()
    worker = stack.worker("server")
    assert is_alive(worker)

    server = stack.pid("server")
    stack.signal(SIGKILL)
    os.kill(server, SIGKILL)

    wait_until(lambda: not is_alive(worker), "the worker is gone")


@pytest.mark.parametrize(("program", "step"), STEPS.items(), ids=STEPS)
def test_what_a_step_runs_dies_with_the_step(tmp_path: Path, program: str, step: str) -> None:
    stand_in, running = tmp_path / program, tmp_path / "running"
    stand_in.write_text(f"#!/bin/sh\necho $$ > {running}.new; mv {running}.new {running}; exec sleep 600\n")
    stand_in.chmod(0o755)
    killed = subprocess.Popen([sys.executable, "-c", step, str(tmp_path), str(stand_in)])
    wait_until(running.exists, f"{program} runs")
    pid = int(running.read_text())
    assert is_alive(pid)

    killed.kill()
    killed.wait()

    wait_until(lambda: not is_alive(pid), f"{program} is gone")


def test_a_process_whose_supervisor_died_before_it_could_ask_does_not_start() -> None:
    someone_else = "1"
    nobody = ""
    order = [LAUNCHER, someone_else, str(int(SIGKILL)), "/", nobody, "echo", "started"]

    result = subprocess.run([sys.executable, *order], capture_output=True, check=False)

    assert (result.returncode, result.stdout) == (1, b"")
