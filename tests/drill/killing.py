"""Kills processes of a running stack with -9, and knows from what is left behind that it happened."""

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP
from typing import NamedTuple

from runtime.fault_points import VARIABLE, FaultPoint
from runtime.options import REPOSITORY
from tests.running_stack import RunningStack, wait_until

POINTS = (
    FaultPoint.ACCEPTING_BEFORE_LOG,
    FaultPoint.CONSUMER_POLLED,
    FaultPoint.CONSUMER_PARTLY_INSERTED,
    FaultPoint.CONSUMER_INSERTED,
    FaultPoint.CONSUMER_ENQUEUED,
    FaultPoint.RECOMPUTE_HALF_WAY,
)
STALL_SECONDS = 14.0  # a lease is ten seconds


class Aim(NamedTuple):
    """How often, and how long a process lives between two deaths: long enough not to count as hopeless."""

    at_random: int
    at_points: int
    pause: float


class Traps:
    """Fault points that kill once each time they are set: a point is set while its mark is away."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._marks = {point: folder / point for point in POINTS}
        for mark in self._marks.values():
            mark.touch()
        self.sprung: Counter[str] = Counter()

    @property
    def environment(self) -> dict[str, str]:
        return {VARIABLE: ",".join(f"{point}=kill:{mark}" for point, mark in self._marks.items())}

    def spring(self, point: FaultPoint) -> None:
        """Blocks until somebody died there."""
        mark = self._marks[point]
        mark.unlink()
        wait_until(mark.exists, f"somebody dies at {point}")
        self.sprung[point] += 1


class Killer:
    """Kills the named processes at random moments, one after another, each from a thread of its own."""

    def __init__(self, stack: RunningStack, *, seed: int) -> None:
        self._stack = stack
        self._chance = random.Random(seed)
        self.failures: list[BaseException] = []
        self.over = threading.Event()

    def kill(self, name: str) -> None:
        """With -9; blocks until the supervisor has started it again."""
        dead = self._stack.pid(name)
        os.kill(dead, SIGKILL)
        wait_until(lambda: self._pid(name) not in (None, dead), f"{name} is back")

    def kill_repeatedly(self, name: str, aim: Aim) -> None:
        for _ in range(aim.at_random):
            if self.over.wait(aim.pause * self._chance.uniform(1.0, 1.3)):
                return
            self.kill(name)

    def _pid(self, name: str) -> int | None:
        processes: dict[str, int] = self._stack.state().get("processes", {})
        return processes.get(name)

    def stall(self, name: str) -> None:
        """Stop a process past its lease while a second one is there to take over, then wake it up."""
        pid = self._stack.pid(name)
        with suppress(ProcessLookupError):
            os.kill(pid, SIGSTOP)
            time.sleep(STALL_SECONDS)
            os.kill(pid, SIGCONT)


def second_consumer(environment: dict[str, str], output: Path) -> "subprocess.Popen[bytes]":
    """One that the supervisor does not know, to share the partitions."""
    with output.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, str(REPOSITORY / "manage.py"), "consume_events"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def deaths(stack: RunningStack) -> Counter[str]:
    """How often the supervisor saw each process die by -9, from its log."""
    said = (line.split() for line in stack.said().splitlines() if "is started again" in line)
    return Counter(words[0] for words in said if "SIGKILL" in " ".join(words))
