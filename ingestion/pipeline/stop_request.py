"""SIGTERM and SIGINT ask a consumer to finish its batch, commit it and leave."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

NUMBERS = (signal.SIGTERM, signal.SIGINT)


class AskedToStop(Exception):
    """It was asked to stop while a batch could not be finished; what is not committed is delivered again."""


class StopRequest:
    def __init__(self) -> None:
        self._is_made = False

    def make(self) -> None:
        self._is_made = True

    def is_made(self) -> bool:
        return self._is_made

    @contextmanager
    def by_signal(self) -> Iterator[None]:
        """While in the block; a second signal ends the process at once."""
        before = {number: signal.signal(number, self._hear) for number in NUMBERS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        self.make()
        signal.signal(number, signal.SIG_DFL)
