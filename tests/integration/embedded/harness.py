"""Starts a supervisor as a process of its own and watches it from outside."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIGKILL, Signals
from typing import Any

from embedded.process_table import birth

PATIENCE = 120.0  # a deadline against hanging, for a machine that does much else


def wait_until(met: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    return birth(pid) is not None


class RunningStack:
    """A supervisor in a process of its own, its data folder, and what it printed."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._printed = data_dir / "printed"

    def launch(self, *arguments: str, env: dict[str, str] | None = None) -> None:
        self.data_dir.mkdir(exist_ok=True)
        with self._printed.open("wb") as output:
            self._supervisor = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                start_new_session=True,
            )

    @property
    def supervisor(self) -> subprocess.Popen[bytes]:
        assert self._supervisor, "the stack was not launched"
        return self._supervisor

    def said(self) -> str:
        return self._printed.read_text()

    def state(self) -> dict[str, Any]:
        with suppress(OSError):
            return dict(json.loads((self.data_dir / "run" / "stack.json").read_text()))
        return {}

    def pid(self, name: str) -> int:
        return int(self.state()["processes"][name])

    def pids(self) -> list[int]:
        return list(self.state().get("processes", {}).values())

    def wait_for_line(self, text: str) -> None:
        wait_until(lambda: text in self.said() or self.supervisor.poll() is not None, f"it says {text!r}")
        assert text in self.said(), self.said()

    def signal(self, number: Signals) -> None:
        os.kill(self.supervisor.pid, number)

    def exit_code(self) -> int:
        return self.supervisor.wait(timeout=PATIENCE)

    @contextmanager
    def torn_down(self) -> Iterator["RunningStack"]:
        try:
            yield self
        finally:
            self._end()

    def _end(self) -> None:
        if self._supervisor and self._supervisor.poll() is None:
            self._supervisor.terminate()
            self._supervisor.wait(timeout=PATIENCE)


class DummyStack(RunningStack):
    """Dummies, declared by name and flags."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir)
        self._orders: list[dict[str, Any]] = []

    def add(self, name: str, *flags: str, **how: Any) -> "DummyStack":
        self._orders.append({"name": name, "flags": flags, **how})
        return self

    def start(self) -> "DummyStack":
        """Launch, without waiting for anything."""
        self.launch("tests.integration.embedded.dummy_stack", str(self.data_dir), json.dumps(self._orders))
        return self

    def up(self) -> "DummyStack":
        """Launch and wait until everything is ready."""
        self.start().wait_for_line("all ready")
        return self

    def journal(self) -> list[str]:
        with suppress(FileNotFoundError):
            return (self.data_dir / "journal").read_text().splitlines()
        return []

    def worker(self, name: str) -> int:
        """The pid of the newest worker that a dummy started."""
        mark = f"{name} worker "
        return [int(line.removeprefix(mark)) for line in self.journal() if line.startswith(mark)][-1]

    def kill(self, name: str) -> None:
        os.kill(self.pid(name), SIGKILL)
