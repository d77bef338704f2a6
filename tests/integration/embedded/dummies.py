"""Stacks of dummy processes, for what the real engines add nothing to."""

import json
import os
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from typing import Any

from tests.running_stack import RunningStack


class DummyStack(RunningStack):
    """Dummies, declared by name and flags."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir)
        self._orders: list[dict[str, Any]] = []
        self._patience: dict[str, float] = {"first_wait": 0.01, "longest_wait": 0.02}

    def add(self, name: str, *flags: str, **how: Any) -> "DummyStack":
        self._orders.append({"name": name, "flags": flags, **how})
        return self

    def with_patience(self, **patience: float) -> "DummyStack":
        """In place of one that is in a hurry; by the names of `Patience`."""
        self._patience = patience
        return self

    def start(self) -> "DummyStack":
        """Launch, without waiting for anything."""
        orders, patience = json.dumps(self._orders), json.dumps(self._patience)
        self.launch("tests.integration.embedded.dummy_stack", str(self.data_dir), orders, patience)
        return self

    def up(self) -> "DummyStack":
        """Launch and wait until everything is ready."""
        self.start().wait_for_line("all ready")
        return self

    def journal(self) -> list[str]:
        with suppress(FileNotFoundError):
            return (self.data_dir / "journal").read_text().splitlines()
        return []

    def times(self, line: str) -> list[float]:
        """When this line came into the journal, on the clock of `time.monotonic`."""
        lines = [entry.split(" ", 1) for entry in (self.data_dir / "journal.times").read_text().splitlines()]
        return [float(when) for when, what in lines if what == line]

    def worker(self, name: str) -> int:
        """The pid of the newest worker that a dummy started."""
        mark = f"{name} worker "
        return [int(line.removeprefix(mark)) for line in self.journal() if line.startswith(mark)][-1]

    def kill(self, name: str) -> None:
        os.kill(self.pid(name), SIGKILL)
