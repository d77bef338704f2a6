"""Waiting for what must come to pass, with a generous end."""

import time
from collections.abc import Callable

DEADLINE = 20.0


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)
