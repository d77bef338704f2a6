"""Other processes of this machine. When one began is read from /proc, so Linux only."""

import os
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def is_alive(pid: int) -> bool:
    """Also one of somebody else."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def birth(pid: int) -> int | None:
    """Its start time in clock ticks, with which its pid names one process for ever. None if it is gone."""
    with suppress(OSError, IndexError, ValueError):
        fields = process_fields(pid)
        return None if fields[0] == "Z" else int(fields[19])
    return None


def process_fields(pid: int) -> list[str]:
    """The fields after the command's name, which may itself hold spaces and parentheses."""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
