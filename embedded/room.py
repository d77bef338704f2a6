"""Room on the disk, without which no process is started: none could keep what it is told."""

import errno
import shutil
from pathlib import Path

LEAST_BYTES = 192 * 1024 * 1024  # more than ClickHouse keeps free, or what is started could store nothing
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def lack_of_room(data_dir: Path, least: int = LEAST_BYTES) -> str:
    """What to tell a person, or nothing if there is room."""
    free = shutil.disk_usage(data_dir).free
    if free >= least:
        return ""
    return (
        f"The disk is full: {free >> 20} MB are free under {data_dir}. Nothing is started until there are "
        f"{least >> 20} MB; make room, and all goes on by itself"
    )
