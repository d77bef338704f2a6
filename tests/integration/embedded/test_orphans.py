"""Nothing outlives its parent, whoever is killed."""

import os
import subprocess
import sys
from signal import SIGKILL

import pytest

from embedded.child import LAUNCHER
from tests.integration.embedded.dummies import DummyStack
from tests.running_stack import is_alive, wait_until


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


def test_a_process_whose_supervisor_died_before_it_could_ask_does_not_start() -> None:
    someone_else = "1"
    nobody = ""
    order = [LAUNCHER, someone_else, str(int(SIGKILL)), "/", nobody, "echo", "started"]

    result = subprocess.run([sys.executable, *order], capture_output=True, check=False)

    assert (result.returncode, result.stdout) == (1, b"")
