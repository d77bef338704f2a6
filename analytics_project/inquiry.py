"""Asks several things side by side, so that one that hangs delays no other and nobody who asks."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key")
Found = TypeVar("Found")


class Inquiry(Generic[Key, Found]):
    """Of questions that never raise. Each is asked once at a time, however many wait for what it finds.

    To be made at the first question, because threads do not outlive a fork.
    """

    def __init__(self, questions: Mapping[Key, Callable[[], Found]], seconds: float, name: str) -> None:
        self._questions = questions
        self._seconds = seconds
        self._pool = ThreadPoolExecutor(max_workers=len(questions), thread_name_prefix=name)
        self._running: dict[Key, Future[Found]] = {}
        self._lock = Lock()

    def ask(self) -> dict[Key, Found]:
        """What was found after `seconds` at most."""
        with self._lock:
            for key, question in self._questions.items():
                if key not in self._running or self._running[key].done():
                    self._running[key] = self._pool.submit(question)
            running = dict(self._running)
        wait(running.values(), timeout=self._seconds)
        return {key: run.result() for key, run in running.items() if run.done()}
