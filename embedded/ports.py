"""Whether a port can be had, and who has it."""

import errno
import random
import socket
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from embedded.process_table import all_pids, command
from runtime.processes import PROC

# Below the range from which Linux takes the local ports of outgoing connections.
FREE_PORTS = range(20_000, 32_000)
LISTENING = "0A"


def bind_error(host: str, port: int) -> OSError | None:
    """Why a server could not listen there; None if it could."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen(1)
    except OSError as error:
        return error
    return None


def is_taken(host: str, port: int) -> bool:
    error = bind_error(host, port)
    return error is not None and error.errno == errno.EADDRINUSE


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now; somebody may take one before we do."""
    candidates = random.sample(FREE_PORTS, len(FREE_PORTS))
    free = (port for port in candidates if bind_error("127.0.0.1", port) is None)
    return [next(free) for _ in range(count)]


def free_pair(besides: Collection[int] = ()) -> int:
    """The first of two neighbours that nobody listens on now, and that are none of these."""
    while True:
        (port,) = free_ports(1)
        if not {port, port + 1} & set(besides) and bind_error("127.0.0.1", port + 1) is None:
            return port


def holder(port: int) -> str:
    """The process that listens on a port, like `python3 (process 4711)`; empty where that cannot be seen."""
    inodes = _listening_inodes(port)
    for pid in all_pids() if inodes else ():
        with suppress(OSError):
            for descriptor in (PROC / str(pid) / "fd").iterdir():
                if str(descriptor.readlink()) in inodes:
                    return f"{command(pid)} (process {pid})"
    return ""


def _listening_inodes(port: int) -> set[str]:
    inodes: set[str] = set()
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            rows = [line.split() for line in Path("/proc/net", table).read_text().splitlines()[1:]]
            inodes |= {
                f"socket:[{row[9]}]"
                for row in rows
                if row[3] == LISTENING and int(row[1].rpartition(":")[2], 16) == port
            }
    return inodes
