"""Lets the worker processes of a supervised process die with it, also when it is killed with -9."""

import ctypes
import os
import signal
import sys

# Set by the supervisor: the pid of the process that it started, whose own children ask to die with it.
SUPERVISED_PID = "SUPERVISED_PID"
_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask the kernel to kill this process when the supervised one that started it dies.

    To be called first in a child of that process; does nothing in the process itself, without a supervisor,
    or off Linux. Ends the caller at once if its parent is already gone. Repeating it is harmless.
    """
    supervised = int(os.environ.get(SUPERVISED_PID, "0"))
    if not supervised or os.getpid() == supervised or sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != supervised:
        os.kill(os.getpid(), signal.SIGKILL)
