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
