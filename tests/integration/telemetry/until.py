"""Waits for what another process is going to do."""

import time
from collections.abc import Callable

WITHIN = 60.0


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {WITHIN:g} s"
        time.sleep(0.05)
