"""Files that hold secrets."""

import os
from pathlib import Path


def replace_privately(path: Path, content: bytes) -> None:
    """Nobody else can read it at any moment, and after a power cut it is the old file or the new one."""
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
