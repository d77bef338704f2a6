"""`<data_dir>/run`: the lock that keeps a second copy out, and `stack.json` with who runs.

Beside it lies a mark by which a data folder is told from any other that happens to hold a `run`.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIGKILL
from typing import Any

from embedded.room import FULL
from runtime.processes import birth
from runtime.stored_secrets import SECRETS_FILE

LEFTOVERS_WITHIN = 10.0
MARK = "campaign-analytics.data"


class AlreadyRunning(Exception):
    """Another supervisor holds the data folder."""


class RunFolder:
    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.path = data_dir / "run"
        self._state_file = self.path / "stack.json"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only copy on this data folder. Raises AlreadyRunning."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunning(self._who_holds_it()) from None
            (self.data_dir / MARK).touch()
            yield

    def is_ours(self) -> bool:
        """A copy of this product ran on the data folder; one of before there was a mark left its secrets."""
        is_of_before = self.path.is_dir() and (self.data_dir / SECRETS_FILE).is_file()
        return is_of_before or (self.data_dir / MARK).is_file()

    def state(self) -> dict[str, Any]:
        """What the running stack wrote, or nothing."""
        try:
            return dict(json.loads(self._state_file.read_text()))
        except (OSError, ValueError):
            return {}

    def write(self, pids: Mapping[str, int], addresses: Mapping[str, str]) -> None:
        """Replace the state at once, so that no reader sees half of it; on a full disk the old one stands."""
        state = {
            "supervisor": os.getpid(),
            "supervisor_birth": birth(os.getpid()),
            "processes": dict(pids),
            "addresses": dict(addresses),
            "births": {str(pid): birth(pid) for pid in pids.values()},
        }
        beside = self._state_file.with_suffix(".new")
        try:
            beside.write_text(json.dumps(state, indent=1))
            beside.replace(self._state_file)
        except OSError as error:
            if error.errno not in FULL:
                raise

    def clear(self) -> None:
        self._state_file.unlink(missing_ok=True)

    def end_leftovers(self) -> None:
        """Wait for the processes of a supervisor that was killed, and end those that do not end themselves.

        They are recognised by pid and birth, so a stale file about pids that now are others' harms nobody.
        """
        births = self.state().get("births", {})
        deadline = time.monotonic() + LEFTOVERS_WITHIN
        while leftovers := [int(pid) for pid, born in births.items() if born and birth(int(pid)) == born]:
            if time.monotonic() > deadline:
                for pid in leftovers:
                    with suppress(ProcessLookupError):
                        os.killpg(pid, SIGKILL)
            time.sleep(0.05)
        self.clear()

    def _who_holds_it(self) -> str:
        pid = self.state().get("supervisor")
        who = f" (process {pid})" if pid else ""
        return (
            f"Another copy{who} runs on the data folder {self.data_dir}: stop it first, "
            "or give this one its own CA_DATA_DIR and ports."
        )
