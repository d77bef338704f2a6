"""When a process began, read from /proc, so Linux only: with its pid this names one process for ever."""

from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def birth(pid: int) -> int | None:
    """Its start time in clock ticks. None if it is gone."""
    with suppress(OSError, IndexError, ValueError):
        fields = process_fields(pid)
        return None if fields[0] == "Z" else int(fields[19])
    return None


def process_fields(pid: int) -> list[str]:
    """The fields after the command's name, which may itself hold spaces and parentheses."""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
