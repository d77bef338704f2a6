"""What is looked at before the first process starts, so that a bad start is one clear line."""

import errno
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from embedded import ports
from embedded.process import Address, Process

NEEDED_BYTES = 300 * 1024 * 1024
MACHINES = ("x86_64", "amd64", "aarch64", "arm64")


class CannotStart(Exception):
    """Says what is in the way and what to do about it."""


def refuse_what_cannot_work(data_dir: Path, processes: Sequence[Process]) -> None:
    """Raise CannotStart with every obstacle, a line each."""
    addresses = [process.address for process in processes if process.address]
    obstacles = [*platform_obstacles(), *disk_obstacles(data_dir), *port_obstacles(addresses)]
    if obstacles:
        raise CannotStart("\n".join(obstacles))


def platform_obstacles() -> Iterator[str]:
    """The engines' wheels are built for glibc and macOS, on two kinds of processor."""
    if platform.machine().lower() not in MACHINES:
        yield f"The embedded engines do not exist for {platform.machine()}: they need x86_64 or aarch64."
    if platform.system() == "Linux" and platform.libc_ver()[0] != "glibc":
        yield "The embedded engines need glibc: use Debian, Ubuntu or Fedora instead of Alpine (musl)."
    if platform.system() not in ("Linux", "Darwin"):
        yield f"The embedded engines do not exist for {platform.system()}: use Linux, or macOS (untested)."


def make_data_folder(data_dir: Path) -> None:
    """Create the folder and prove that files can be made in it. Raises CannotStart."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data_dir) as probe:
            probe.write(b"x")
    except OSError as error:
        raise CannotStart(
            f"Cannot write to the data folder {data_dir}: {error.strerror}. {_way_out(error)}"
        ) from error


def disk_obstacles(data_dir: Path, needed: int = NEEDED_BYTES) -> Iterator[str]:
    free = shutil.disk_usage(data_dir).free
    if free < needed:
        yield (
            f"Only {free >> 20} MB are free under {data_dir}, {needed >> 20} MB are needed: make room, "
            "or set CA_DATA_DIR to a folder on a larger disk."
        )


def port_obstacles(addresses: Sequence[Address]) -> Iterator[str]:
    for address in addresses:
        error = ports.bind_error(address.host, address.port)
        if error and error.errno == errno.EADDRINUSE:
            who = ports.holder(address.port) or "another program"
            yield f"Port {address.port} is taken by {who}: stop it, or set {address.option} to a free port."
        elif error:
            yield f"Cannot listen on {address}: {error.strerror}. Set {address.option}, or its host."


def explain(error: OSError) -> str:
    """One line for an error of the operating system that reached the top."""
    where = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror or error}{where}. {_way_out(error)}".rstrip()


def _way_out(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "Make room, or set CA_DATA_DIR to a folder on a larger disk."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"Let user {os.getuid()} write there, or set CA_DATA_DIR to a folder that may be written."
    return ""
