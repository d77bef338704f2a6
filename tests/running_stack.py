"""Starts a supervisor as a process of its own and watches it from outside."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import Signals
from typing import Any, TypeVar

from embedded.doctor import answer
from embedded.engines import throw_away_places
from embedded.stack import stack as stack_of
from runtime.catalogue import PREFIX
from runtime.config import read_configuration
from runtime.options import REPOSITORY, Options, RateLimits
from runtime.processes import birth
from runtime.stored_secrets import store_missing_secrets

T = TypeVar("T")

UP = "Ctrl-C stops everything"  # the last line of its screen
# For those who call more often than any client may.
UNLIMITED = {f"CA_RATE_LIMITS_{name.upper()}": "1000000" for name in RateLimits.__struct_fields__}
PATIENCE = 120.0  # a deadline against hanging, for a machine that does much else


def wait_until(met: Callable[[], T | None], what: str, patience: float = PATIENCE) -> T:
    """Returns the first true answer."""
    deadline = time.monotonic() + patience
    while not (answer := met()):
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.01)
    return answer


def is_alive(pid: int) -> bool:
    return birth(pid) is not None


class RunningStack:
    """A supervisor in a process of its own, its data folder, and what it printed."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._supervisor: subprocess.Popen[bytes] | None = None
        self.printed = data_dir / "printed"

    def launch(self, *arguments: str, env: dict[str, str] | None = None) -> None:
        self.data_dir.mkdir(exist_ok=True)
        with self.printed.open("wb") as output:
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
        return self.printed.read_text()

    def state(self) -> dict[str, Any]:
        with suppress(OSError):
            return dict(json.loads((self.data_dir / "run" / "stack.json").read_text()))
        return {}

    def pid(self, name: str) -> int:
        return self.pids()[name]

    def pids(self) -> dict[str, int]:
        """Of what runs at the moment."""
        return dict(self.state().get("processes", {}))

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


class RealStack(RunningStack):
    """The product's own stack, on ports of its own."""

    def __init__(self, data_dir: Path, **options: str) -> None:
        super().__init__(data_dir)
        store_missing_secrets(data_dir)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        self.environment = inherited | throw_away_places(data_dir) | options
        self.environment["DJANGO_SETTINGS_MODULE"] = "analytics_project.settings"

    def up(self) -> None:
        self.launch("embedded", "run", env=self.environment)
        self.wait_for_line(UP)

    def options(self) -> Options:
        return read_configuration(self.environment, "")

    def demo(self) -> dict[str, Any]:
        """What a script is told of it."""
        command = [sys.executable, str(REPOSITORY / "manage.py"), "demo_info", "--json"]
        printed = subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, check=True).stdout
        return dict(json.loads(printed))

    def answers(self, name: str) -> str:
        return next(answer(process) for process in stack_of(self.options()) if process.name == name)
