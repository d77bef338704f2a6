"""The turn of a process that loads its code ahead: `runtime.turn` waits for it."""

import fcntl
from pathlib import Path

from runtime.turn import loaded_file


class Turn:
    """Has not come until `come`, or until the supervisor dies, which its processes do not outlive."""

    def __init__(self, path: Path) -> None:
        self._loaded = loaded_file(path)
        self._loaded.unlink(missing_ok=True)
        self._file = path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def is_awaited(self) -> bool:
        """True once the process has loaded its code."""
        return self._loaded.exists()

    def come(self) -> None:
        """May be repeated."""
        self._file.close()
