"""Starts processes in order, keeps them running, stops them in reverse order.

One rule covers the first start and every respawn: a process is started only when each one before it is ready,
and there is room on the disk. Until then it may load its code at most, and waits for its turn.
The supervisor belongs to one thread.
"""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from signal import Signals
from typing import Protocol

from embedded.adopted import end_orphans
from embedded.child import Child
from embedded.log_files import Logs
from embedded.process import NotReady, Process
from embedded.respawn import Patience
from embedded.stop_requests import StopRequests
from embedded.turn import Turn

BUSY_PAUSE = 0.01
QUIET_PAUSE = 5.0  # only a safety net: a death wakes us
PATIENCE = Patience()
SPARE_PROCESSORS = max(1, len(os.sched_getaffinity(0)) - 1) if hasattr(os, "sched_getaffinity") else 1


class StackFailed(Exception):
    """The stack cannot go on; says which process, why, and what it printed last."""


class Phase(Enum):
    WAITING = auto()
    LOADING = auto()  # its code, or waits for its turn after that
    STARTING = auto()
    READY = auto()
    DONE = auto()  # a step that succeeded
    RETIRED = auto()  # ended with a final exit code


BEFORE_READY = (Phase.WAITING, Phase.LOADING, Phase.STARTING)


@dataclass
class Place:
    """A process's place in the order, and how it fares."""

    process: Process
    phase: Phase = Phase.WAITING
    child: Child | None = None
    turn: Turn | None = None
    since: float = 0.0
    not_before: float = 0.0
    quick_deaths: int = 0
    not_ready_because: str = ""


class Observer(Protocol):
    """Is told what happens, a line for a person each."""

    def progress(self, line: str) -> None:
        """What is expected: a process starts, is ready, stops."""

    def tell(self, line: str) -> None:
        """What somebody should know: a process died, and is back."""


class Supervisor:
    def __init__(
        self,
        processes: Sequence[Process],
        *,
        logs: Logs,
        observer: Observer,
        requests: StopRequests,
        on_change: Callable[[dict[str, int]], None],
        patience: Patience = PATIENCE,
        lack_of_room: Callable[[], str] = str,
    ) -> None:
        self._places = [Place(process) for process in processes]
        self._logs = logs
        self._observer = observer
        self._requests = requests
        self._on_change = on_change
        self._patience = patience
        self._lack_of_room = lack_of_room
        self._is_full = False

    def start(self) -> bool:
        """Return when everything is ready: True; False if a stop was asked for first. Raises StackFailed."""
        while not self._requests.count:
            if self._is_up():
                return True
            self._turn()
            self._requests.wait(BUSY_PAUSE)
        return False

    def watch(self) -> None:
        """Keep everything running until a stop is asked for. Raises StackFailed."""
        while not self._requests.count:
            self._turn()
            self._requests.wait(QUIET_PAUSE if self._is_up() else BUSY_PAUSE)

    def stop(self) -> None:
        """Stop in reverse order, each within its time; kill what is left at once when asked a second time."""
        self._tell("Stopping everything; a second Ctrl-C kills at once")
        for place in reversed(self._places):
            if place.child:
                self._progress(f"{place.process.name} stops")
                self._stop(place, place.child)
        end_orphans(())
        self._tell("Everything has stopped")

    def pids(self) -> dict[str, int]:
        return {place.process.name: place.child.pid for place in self._places if place.child}

    def _is_up(self) -> bool:
        return all(place.phase not in BEFORE_READY for place in self._places)

    def _turn(self) -> None:
        """Move each place on that may: behind one that is not up all wait, their code loaded."""
        self._look_for_room()
        self._bury_the_dead()
        for number, place in enumerate(self._places, start=1):
            if place.phase is Phase.RETIRED:
                self._start_if_asked(place)
            if place.phase in (Phase.WAITING, Phase.LOADING):
                self._start_when_due(place)
            if place.phase is Phase.STARTING:
                self._look_if_ready(place)
            if place.phase in BEFORE_READY:
                self._load_ahead(self._places[number:])
                return

    def _look_for_room(self) -> None:
        """Say once that the disk is full, and once that it is so no more."""
        lack = self._lack_of_room()
        if bool(lack) != self._is_full:
            self._tell(lack or "There is room on the disk again")
            self._is_full = bool(lack)

    def _start_when_due(self, place: Place) -> None:
        if not self._may_launch(place):
            return
        self._progress(f"{place.process.name} starts")
        if place.process.prepare:
            place.process.prepare()
        if place.phase is Phase.WAITING:
            self._launch(place)
        if place.turn:
            place.turn.come()
        self._enter(place, Phase.STARTING)

    def _may_launch(self, place: Place) -> bool:
        return not self._is_full and time.monotonic() >= place.not_before

    def _launch(self, place: Place) -> None:
        process = place.process
        for file in (process.ready_file, process.restart_file):
            if file:
                file.unlink(missing_ok=True)
        place.turn = Turn(process.turn_file) if process.turn_file else None
        if process.command:
            place.child = Child(process)
            self._logs.follow(process.name, place.child.output)
            self._on_change(self.pids())

    def _load_ahead(self, behind: Iterable[Place]) -> None:
        """Let those whose turn comes later load their code, as many at a time as processors are idle."""
        for place in behind:
            if sum(map(_is_loading, self._places)) >= SPARE_PROCESSORS:
                return
            if place.phase is Phase.WAITING and place.process.turn_file and self._may_launch(place):
                self._launch(place)
                self._enter(place, Phase.LOADING)

    def _start_if_asked(self, place: Place) -> None:
        """Somebody has looked at why it ended for good."""
        if place.process.restart_file and place.process.restart_file.exists():
            self._tell(f"{place.process.name} is started again, as was asked")
            self._enter(place, Phase.WAITING)

    def _look_if_ready(self, place: Place) -> None:
        process = place.process
        if process.once:
            return
        try:
            process.ready()
        except (NotReady, OSError) as error:
            place.not_ready_because = str(error)
            if time.monotonic() - place.since > process.ready_within:
                self._lose_patience(place)
            return
        self._enter_ready(place, Phase.READY)

    def _lose_patience(self, place: Place) -> None:
        why = f"was not ready within {place.process.ready_within:.0f} s: {place.not_ready_because}"
        if not place.child:
            raise StackFailed(f"{place.process.name} {why}")
        self._forget(place, place.child)
        self._start_again(place, why, ready_for=0.0)

    def _bury_the_dead(self) -> None:
        """Look again after a death: of two that died together the earlier in the order must be seen."""
        while dead := [
            (place, place.child) for place in self._places if place.child and place.child.has_ended()
        ]:
            for place, child in dead:
                self._bury(place, child)

    def _bury(self, place: Place, child: Child) -> None:
        """Take in that a process ended, and decide what follows."""
        process = place.process
        ready_for = time.monotonic() - place.since if place.phase is Phase.READY else 0.0
        code = self._forget(place, child)
        if process.once and code == 0:
            self._enter_ready(place, Phase.DONE)
        elif process.once:
            raise StackFailed(self._obituary(process.name, f"failed with {describe_exit(code)}"))
        elif code in process.final_exits:
            how = f"ended with {describe_exit(code)} and stays down until a person looks at it"
            why = self._logs.last_lines(process.name)[-1:]  # it says what the person can do
            self._tell(": ".join([f"{process.name} {how}", *why]))
            self._enter(place, Phase.RETIRED)
        else:
            self._start_again(place, f"ended with {describe_exit(code)}", ready_for)

    def _start_again(self, place: Place, how: str, ready_for: float) -> None:
        name = place.process.name
        quick_deaths = self._patience.quick_deaths(place.quick_deaths, ready_for)
        # A death for want of room says nothing of the process: it must not exhaust our patience.
        place.quick_deaths = max(place.quick_deaths, 1) if self._lack_of_room() else quick_deaths
        if self._patience.exhausted(place.quick_deaths):
            raise StackFailed(self._obituary(name, f"{how}, {place.quick_deaths} times in a row"))
        wait = self._patience.wait(place.quick_deaths)
        place.not_before = time.monotonic() + wait
        self._tell(f"{name} {how}; it is started again" + (f" in {wait:.0f} s" if wait else ""))
        self._enter(place, Phase.WAITING)

    def _forget(self, place: Place, child: Child) -> int:
        """Leave nothing of an ended process behind, workers that outlived it included."""
        code = child.reap()
        place.child = None
        if place.turn:
            place.turn.come()
        end_orphans(self.pids().values())
        self._on_change(self.pids())
        return code

    def _stop(self, place: Place, child: Child) -> None:
        if place.phase is Phase.LOADING:  # it has opened nothing, and hears nothing while it waits
            child.kill_group()
        child.signal(place.process.stop_signal)
        deadline = time.monotonic() + place.process.stop_within
        while not child.has_ended() and time.monotonic() < deadline and self._requests.count < 2:
            self._requests.wait(BUSY_PAUSE)
        self._forget(place, child)

    def _enter_ready(self, place: Place, phase: Phase) -> None:
        line = f"{place.process.name} is ready ({time.monotonic() - place.since:.1f} s)"
        if place.quick_deaths:
            self._tell(line)
        else:
            self._progress(line)
        self._enter(place, phase)

    def _enter(self, place: Place, phase: Phase) -> None:
        place.phase = phase
        place.since = time.monotonic()

    def _progress(self, line: str) -> None:
        self._logs.note(line)
        self._observer.progress(line)

    def _tell(self, line: str) -> None:
        self._logs.note(line)
        self._observer.tell(line)

    def _obituary(self, name: str, how: str) -> str:
        lines = self._logs.last_lines(name)
        said = "".join(f"\n  {line}" for line in lines) or " (it printed nothing)"
        return f"{name} {how}. It said last ({self._logs.path(name)}):{said}"


def _is_loading(place: Place) -> bool:
    return place.phase is Phase.LOADING and not (place.turn and place.turn.is_awaited())


def describe_exit(code: int) -> str:
    if code < 0:
        return f"signal {Signals(-code).name}"
    return f"exit code {code}"
