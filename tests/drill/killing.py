"""Kills processes of a running stack with -9, and knows from what is left behind that it happened."""

import os
import random
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from signal import SIGKILL
from typing import NamedTuple

from runtime.fault_points import VARIABLE, FaultPoint
from tests.running_stack import RealStack, is_alive, wait_until

# The steps of the crash table, and who dies there.
POINTS = {
    FaultPoint.ACCEPTING_BEFORE_LOG: "web",
    FaultPoint.CONSUMER_POLLED: "consumer",
    FaultPoint.CONSUMER_PARTLY_INSERTED: "consumer",
    FaultPoint.CONSUMER_INSERTED: "consumer",
    FaultPoint.CONSUMER_ENQUEUED: "consumer",
    FaultPoint.RECOMPUTE_HALF_WAY: "worker",
}
# It dies at a point itself, so the supervisor tells of that, too. Web and worker lose a child there.
DIES_ITSELF = "consumer"
PATIENCE = 3600.0  # only against hanging


class Aim(NamedTuple):
    """How often, and how long a process lives between two deaths: long enough not to count as hopeless."""

    at_random: int
    at_points: int
    pause: float


class Death(NamedTuple):
    """At a point: what the process that died there left behind."""

    point: FaultPoint
    pid: int


class Traps:
    """Fault points that kill once each time they are set: a point is set while its mark is away."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._marks = {point: folder / point for point in POINTS}
        for mark in self._marks.values():
            mark.touch()
        self.deaths: list[Death] = []

    @property
    def environment(self) -> dict[str, str]:
        return {VARIABLE: ",".join(f"{point}=kill:{mark}" for point, mark in self._marks.items())}

    def spring(self, point: FaultPoint) -> None:
        """Blocks until somebody died there."""
        mark = self._marks[point]
        mark.unlink()
        pid = int(wait_until(lambda: mark.exists() and mark.read_text(), f"one dies at {point}", PATIENCE))
        wait_until(lambda: not is_alive(pid), f"who died at {point} is gone", PATIENCE)
        self.deaths.append(Death(point, pid))

    def deaths_by_point(self) -> Counter[str]:
        return Counter(death.point for death in self.deaths)


class Killer:
    """Kills processes, each from a thread of its own: where deaths crowd the supervisor gives up."""

    def __init__(self, stack: RealStack, traps: Traps, *, seed: int, say: Callable[[str], None]) -> None:
        self._stack = stack
        self._traps = traps
        self._chance = random.Random(seed)
        self._say = say
        self.over = threading.Event()

    def kill_repeatedly(self, name: str, aim: Aim) -> None:
        """At random moments and at each point where it can die, in a random order."""
        at_points = [partial(self.trap, point) for point, victim in POINTS.items() if victim == name]
        deaths = [partial(self.kill, name)] * aim.at_random + at_points * aim.at_points
        self._chance.shuffle(deaths)
        for death in deaths:
            wait_until(lambda: self._stack.answers(name) == "yes", f"{name} is ready", PATIENCE)
            if self.over.wait(aim.pause * self._chance.uniform(1.0, 1.3)):
                return
            death()

    def kill(self, name: str) -> None:
        """With -9; blocks until the supervisor has started it again."""
        pid = self._pid(name)
        os.kill(pid, SIGKILL)
        wait_until(lambda: self._stack.pids().get(name, pid) != pid, f"{name} is back", PATIENCE)

    def trap(self, point: FaultPoint) -> None:
        self._traps.spring(point)
        self._say(f"died at {point}")

    def _pid(self, name: str) -> int:
        """Once it runs: it may be about to be started again."""
        return wait_until(lambda: self._stack.pids().get(name), f"{name} runs", PATIENCE)


def deaths_at_random(stack: RealStack, traps: Traps) -> Counter[str]:
    """How often the supervisor's log says that a process died by -9, without those that died at a point."""
    said = (line.split() for line in stack.said().splitlines() if "is started again" in line)
    killed = Counter(words[0] for words in said if "SIGKILL" in " ".join(words))
    killed[DIES_ITSELF] -= sum(POINTS[death.point] == DIES_ITSELF for death in traps.deaths)
    return killed
