"""A consumer of ours that stands still past its lease, while the supervised one takes over, and wakes up."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIGCONT, SIGSTOP

from runtime.fault_points import VARIABLE
from runtime.options import REPOSITORY
from runtime.readiness import READY_FILE
from tests.running_stack import wait_until

TAKES_ITS_SHARE = 5.0
STANDS_STILL = 14.0  # a lease is ten seconds
NOTICES = 15.0
LOST = (b"The lease of", b"partitions were lost")  # as it says itself on either log


def stall_until_robbed(environment: Mapping[str, str], folder: Path, patience: float) -> None:
    """Again until it says that what it had was lost: the log, or the other consumer, may have been away."""
    with _consumer(environment, folder) as (process, output):
        wait_until(lambda: _is_robbed(process, output), "a stalled consumer is robbed", patience)


def _is_robbed(process: "subprocess.Popen[bytes]", output: Path) -> bool:
    time.sleep(TAKES_ITS_SHARE)
    assert process.poll() is None, output.read_text()
    before = _losses(output)
    process.send_signal(SIGSTOP)
    time.sleep(STANDS_STILL)
    process.send_signal(SIGCONT)
    deadline = time.monotonic() + NOTICES
    while _losses(output) == before and time.monotonic() < deadline:
        time.sleep(0.1)
    return _losses(output) > before


def _losses(output: Path) -> int:
    """How often it has said so."""
    return sum(output.read_bytes().count(words) for words in LOST)


@contextmanager
def _consumer(
    environment: Mapping[str, str], folder: Path
) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    """One that the supervisor does not know, and that dies at no point."""
    output = folder / f"stalled-{len(list(folder.glob('stalled-*.log')))}.log"
    ready = output.with_suffix(".ready")
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(REPOSITORY / "manage.py"), "consume_events"],
            env={**environment, VARIABLE: "", READY_FILE: str(ready)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        wait_until(lambda: ready.exists() or process.poll() is not None, "it is ready")
        yield process, output
    finally:
        with suppress(ProcessLookupError):
            os.kill(process.pid, SIGCONT)
        process.terminate()
        process.wait()
