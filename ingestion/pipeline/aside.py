"""Work that goes on beside the thread that has to come back to the log."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

GLANCE = 0.5  # seconds between two signs of life of whoever waits


class Aside:
    """One thread; what is begun in it is finished by whoever began it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="aside")

    def begin(self, action: Callable[[], None]) -> "Begun":
        return Begun(lambda: self._thread.submit(action))


class Begun:
    def __init__(self, begin: "Callable[[], Future[None]]") -> None:
        self._begin = begin
        self._attempts = [begin()]

    def is_over(self) -> bool:
        return all(attempt.done() for attempt in self._attempts)

    def finish(self, beat: Callable[[], None]) -> None:
        """Wait until it is done and raise what it raised. Called again, it is done again.

        `beat` is called again and again meanwhile: whoever waits lives.
        """
        if not self._attempts:
            self._attempts.append(self._begin())
        while wait(self._attempts, GLANCE).not_done:
            beat()
        self._attempts.pop().result()
