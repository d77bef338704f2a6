"""Tells the supervisor that this process now does its work."""

import os
from pathlib import Path

# Set by the supervisor: the file whose existence says so.
READY_FILE = "READY_FILE"


def announce_ready() -> None:
    """Create the file that the supervisor waits for; does nothing without a supervisor. May be repeated."""
    path = os.environ.get(READY_FILE)
    if path:
        Path(path).touch()
