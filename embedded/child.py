"""One running operating-system process: started through `launch.py`, leader of a group of its own."""

import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL, Signals

from embedded.process import Process
from runtime.options import REPOSITORY
from runtime.readiness import READY_FILE
from runtime.turn import TURN_FILE

LAUNCHER = str(Path(__file__).with_name("launch.py"))


class Child:
    """Only `reap` collects its exit, so that until then the pid cannot come to mean another process."""

    def __init__(self, process: Process) -> None:
        """Start the process; its output is read from `output`."""
        self.output, write_end = os.pipe()
        try:
            self.pid = os.posix_spawn(
                sys.executable,
                launch_command(process),
                _environment(process),
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, write_end, 1),
                    (os.POSIX_SPAWN_DUP2, write_end, 2),
                ],
                setsigmask=(),
            )
        finally:
            os.close(write_end)
        self.started = time.monotonic()

    def has_ended(self) -> bool:
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def signal(self, number: Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill_group(self) -> None:
        """End the process with everything that it started and that stayed in its group."""
        for kill in (os.killpg, os.kill):  # until the launcher made the group, only the process is there
            with suppress(ProcessLookupError, PermissionError):
                kill(self.pid, SIGKILL)

    def reap(self) -> int:
        """End the rest of the group, wait for the exit and return its code, negative for a signal."""
        self.kill_group()
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)


def launch_command(process: Process) -> list[str]:
    """What starts the process so that it leads its own group and dies with us."""
    order = [sys.executable, "-I", "-S", LAUNCHER, str(os.getpid()), str(int(process.orphan_signal))]
    order += [str(REPOSITORY), process.user, *process.command]
    return order


def _environment(process: Process) -> dict[str, str]:
    files = {READY_FILE: process.ready_file, TURN_FILE: process.turn_file}
    named = {name: str(path) for name, path in files.items() if path}
    return {**os.environ, "PYTHONUNBUFFERED": "1", **named, **process.environment}
