"""What the kernel knows of processes: read from /proc, so Linux only; elsewhere nothing is found."""

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress

from runtime.processes import PROC, process_fields


def family(pid: int) -> list[int]:
    """The process and all its descendants."""
    children: dict[int, list[int]] = defaultdict(list)
    for other in all_pids():
        with suppress(OSError, IndexError, ValueError):
            children[int(process_fields(other)[1])].append(other)
    found = [pid]
    for member in found:
        found.extend(children[member])
    return found


def proportional_memory(pid: int) -> int:
    """PSS in bytes: what a process has alone, and its share of what it has with others; 0 if unreadable."""
    with suppress(OSError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def cpu_seconds(pid: int) -> float:
    """Processor time that all its threads took so far; 0 if it is gone."""
    with suppress(OSError, IndexError, ValueError):
        user, system = process_fields(pid)[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return 0.0


def command(pid: int) -> str:
    with suppress(OSError):
        return (PROC / str(pid) / "comm").read_text().strip()
    return ""


def all_pids() -> Iterator[int]:
    for entry in PROC.glob("[0-9]*"):
        yield int(entry.name)
