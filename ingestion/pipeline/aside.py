"""Work that goes on beside the thread that has to come back to the log."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class Aside:
    """One thread; what is begun in it is finished by whoever began it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="aside")

    def begin(self, action: Callable[[], None]) -> "Begun":
        return Begun(action, self._thread.submit(action))


class Begun:
    def __init__(self, action: Callable[[], None], attempt: "Future[None]") -> None:
        self._action = action
        self._attempts = [attempt]

    def is_over(self) -> bool:
        return all(attempt.done() for attempt in self._attempts)

    def finish(self) -> None:
        """Wait until it is done and raise what it raised. Called again, it is done again, right here."""
        if self._attempts:
            self._attempts.pop().result()
        else:
            self._action()
