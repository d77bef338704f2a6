"""Finds and ends what a killed process left behind.

Linux hands the orphans of our children to us if we ask to be their reaper; whatever we did not start
ourselves is such an orphan. Postgres' backends are the reason: each leads a group of its own, which no signal
to the server's group reaches.
"""

import ctypes
import os
import sys
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL

PR_SET_CHILD_SUBREAPER = 36


def become_reaper() -> None:
    """Let orphaned descendants become our children; does nothing off Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_orphans(own: Collection[int]) -> None:
    """Kill and collect every child of this process whose pid is not in `own`, and theirs in turn."""
    while orphans := _children() - set(own):
        for pid in orphans:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, SIGKILL)
        for pid in orphans:
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _children() -> set[int]:
    pids: set[int] = set()
    for listing in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            pids |= {int(pid) for pid in listing.read_text().split()}
    return pids
