"""The cache server: fast, bounded, and free to be wiped or absent at any moment."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django_redis import get_redis_connection
from redis.exceptions import RedisError

# What Django's cache raises when the server does not answer: the client's own exceptions.
CACHE_ERRORS = (RedisError,)
PAUSE_SECONDS = 1.0  # after a failure, so that a dead server costs one wait a second and not one a request


class CacheServerDown(Exception):
    """The cache server did not answer; say what that means for the caller."""


class CacheServer:
    """Takes commands and atomic scripts; raises CacheServerDown and nothing else of its own."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._scripts: dict[str, Any] = {}
        self._down_until = 0.0

    def ask(self, *command: str | int) -> Any:
        """One command, as the server spells it."""
        with self._judged():
            return self._connect().execute_command(*command)

    def run(self, script: str, keys: list[str], arguments: list[Any]) -> Any:
        with self._judged():
            return self._script(script)(keys=keys, args=arguments)

    @contextmanager
    def _judged(self) -> Iterator[None]:
        """Who failed a moment ago is not asked, and who fails is left alone for a moment."""
        if time.monotonic() < self._down_until:
            raise CacheServerDown("The cache server did not answer a moment ago.")
        try:
            yield
        except RedisError as error:
            self._down_until = time.monotonic() + PAUSE_SECONDS
            raise CacheServerDown(str(error)) from error

    def _script(self, source: str) -> Any:
        if source not in self._scripts:
            self._scripts[source] = self._connect().register_script(source)
        return self._scripts[source]


cache_server = CacheServer(lambda: get_redis_connection("default"))
