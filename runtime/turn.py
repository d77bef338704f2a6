"""Waits until it is this process's turn in the order of the start, once its code is loaded.

The supervisor lets a process load its code while those before it start. What opens a connection, a port or
a file comes after `await_turn`. For programs that are not ours: `python -m runtime.turn MODULES PROGRAM
argument…` loads the modules (separated by commas), waits, and runs the program as `python -m` would.
"""

import fcntl
import os
import runpy
import sys
from importlib import import_module
from pathlib import Path

# Set by the supervisor: the file that it keeps locked until then.
TURN_FILE = "TURN_FILE"


def await_turn() -> None:
    """Block until the supervisor opens its lock; does nothing without a supervisor. May be repeated."""
    path = os.environ.get(TURN_FILE)
    if path:
        loaded_file(Path(path)).touch()
        with Path(path).open() as turn:
            fcntl.flock(turn, fcntl.LOCK_SH)


def loaded_file(turn_file: Path) -> Path:
    """The file whose existence says that the process has loaded its code."""
    return turn_file.with_suffix(".loaded")


def main(arguments: list[str]) -> None:
    modules, program, *_ = arguments
    for module in modules.split(","):
        import_module(module)
    await_turn()
    sys.argv = arguments[1:]
    runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
