"""What the supervisor must know of one process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals


class NotReady(Exception):
    """Says in a few words why a process cannot be used yet."""


def at_once() -> None:
    """The readiness of a process that is ready as soon as it runs."""


@dataclass(frozen=True)
class Address:
    """Where a process listens, and the option that moves it."""

    host: str
    port: int
    option: str

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class Process:
    """One line of the stack.

    A process without a command is somebody else's server: it is waited for and never started. A `once`
    process is a step: it must end with 0 before the next one starts.
    """

    name: str
    command: tuple[str, ...] = ()
    once: bool = False
    # Raises NotReady or OSError; may block for a second or two, never longer.
    ready: Callable[[], None] = at_once
    ready_within: float = 60.0
    # Runs in the supervisor before every start; quick.
    prepare: Callable[[], None] | None = None
    address: Address | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    # Only root can start a process as another user; everybody else passes "".
    user: str = ""
    stop_signal: Signals = SIGTERM
    stop_within: float = 15.0
    # Sent by the kernel when the supervisor dies. Whatever holds no data dies at once.
    orphan_signal: Signals = SIGKILL
    # Exit codes that ask for a person: the process is not started again, unless somebody creates the file.
    final_exits: frozenset[int] = frozenset()
    restart_file: Path | None = None
    # Created by the process itself (`runtime.readiness`); removed before every start.
    ready_file: Path | None = None
    # Of a process that loads its code while those before it start, and then waits here (`runtime.turn`).
    turn_file: Path | None = None
