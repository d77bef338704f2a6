"""The cache server: fast, bounded, and free to be wiped or absent at any moment."""

import time
from collections.abc import Callable
from typing import Any

from django_redis import get_redis_connection
from redis.exceptions import RedisError

# What Django's cache raises when the server does not answer: the client's own exceptions.
CACHE_ERRORS = (RedisError,)
PAUSE_SECONDS = 1.0  # after a failure, so that a dead server costs one wait a second and not one a request


class CacheServerDown(Exception):
    """The cache server did not answer; say what that means for the caller."""


class CacheServer:
    """Runs atomic scripts; raises CacheServerDown and nothing else of its own."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._scripts: dict[str, Any] = {}
        self._down_until = 0.0

    def run(self, script: str, keys: list[str], arguments: list[Any]) -> Any:
        if time.monotonic() < self._down_until:
            raise CacheServerDown
        try:
            return self._script(script)(keys=keys, args=arguments)
        except RedisError as error:
            self._down_until = time.monotonic() + PAUSE_SECONDS
            raise CacheServerDown(str(error)) from error

    def _script(self, source: str) -> Any:
        if source not in self._scripts:
            self._scripts[source] = self._connect().register_script(source)
        return self._scripts[source]


cache_server = CacheServer(lambda: get_redis_connection("default"))
