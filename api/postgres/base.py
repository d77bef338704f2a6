"""Django's Postgres with an end to waiting: a server that is stopped takes calls, but answers none.

And with an end to connections: each belongs to a thread, and goes when that does.
"""

import os
import time
from functools import partial
from threading import local
from typing import Any, ClassVar
from weakref import WeakSet

import psycopg
from django.db.backends.postgresql import base

PAUSE_SECONDS = 1.0  # after a failure to connect, so that a dead server costs one wait a second


class _Opened(local):
    """By this thread. Django's own objects are a cycle, which may lie about for hours after it has ended."""

    def __init__(self) -> None:
        self.connections = _ClosedAtLast()


class _ClosedAtLast(WeakSet[Any]):
    def __init__(self) -> None:
        super().__init__()
        self._process = os.getpid()

    def __del__(self) -> None:
        if os.getpid() == self._process:  # a fork forgets the threads of the others, whose sockets it shares
            for connection in self:
                connection.close()


_opened = _Opened()


class DatabaseWrapper(base.DatabaseWrapper):
    """Raises OperationalError, which becomes a 503, instead of waiting longer than somebody would."""

    # Seconds that one statement may take before its connection is given up; None: as long as it needs.
    longest_answer: ClassVar[float | None] = None
    _down_until: ClassVar[float] = 0.0

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if time.monotonic() < DatabaseWrapper._down_until:
            raise psycopg.OperationalError("Postgres could not be reached a moment ago")
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.OperationalError:
            DatabaseWrapper._down_until = time.monotonic() + PAUSE_SECONDS
            raise
        connection.wait = partial(_wait, connection.wait, connection.close)
        _opened.connections.add(connection)
        return connection


def _wait(wait: Any, close: Any, *arguments: Any, **options: Any) -> Any:
    """psycopg's own wait. A connection whose answer never came cannot be used again, so it is closed."""
    bound = {"timeout": DatabaseWrapper.longest_answer} | options
    try:
        return wait(*arguments, **bound)
    except psycopg.errors._WaitTimeout:
        close()
        raise
