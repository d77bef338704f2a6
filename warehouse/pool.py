"""A bounded number of connections, shared by the threads of one process and never with its children."""

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, Protocol, TypeVar

from warehouse.errors import WarehouseUnavailable


class Closable(Protocol):
    def disconnect(self) -> None: ...


Connection = TypeVar("Connection", bound=Closable)


class _Shelf(Generic[Connection]):
    """The connections of one process: a child that was forked begins with an empty one."""

    def __init__(self, size: int) -> None:
        self.free = threading.BoundedSemaphore(size)
        self.idle: list[Connection] = []


class Pool(Generic[Connection]):
    """Opens connections as they are needed, `size` at most, and keeps the healthy ones."""

    def __init__(self, open_connection: Callable[[], Connection], size: int, wait_seconds: float) -> None:
        self._open = open_connection
        self._size = size
        self._wait_seconds = wait_seconds
        self._shelf = _Shelf[Connection](size)
        _POOLS.add(self)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Lend one for the block; it is thrown away if the block raises, whatever it raises.

        Raises WarehouseUnavailable if all of them are in use for too long.
        """
        shelf = self._shelf
        if not shelf.free.acquire(timeout=self._wait_seconds):
            raise WarehouseUnavailable(
                f"All {self._size} connections to ClickHouse were in use for {self._wait_seconds:g} seconds."
                " Raise CA_WAREHOUSE_CONNECTIONS, or run more processes."
            )
        try:
            with self._lent(shelf) as connection:
                yield connection
        finally:
            shelf.free.release()

    def forget(self) -> None:
        """Leave every connection to the parent, unclosed: closing would shut its sockets down, too."""
        self._shelf = _Shelf(self._size)

    def close(self) -> None:
        """Close those that lie idle."""
        while self._shelf.idle:
            self._shelf.idle.pop().disconnect()

    @contextmanager
    def _lent(self, shelf: _Shelf[Connection]) -> Iterator[Connection]:
        connection = self._taken(shelf)
        try:
            yield connection
        except BaseException:
            if shelf is self._shelf:
                connection.disconnect()
            raise
        if shelf is self._shelf:
            shelf.idle.append(connection)

    def _taken(self, shelf: _Shelf[Connection]) -> Connection:
        """To look first and take then would be a race with other threads."""
        try:
            return shelf.idle.pop()
        except IndexError:
            return self._open()


_POOLS: "weakref.WeakSet[Pool[Any]]" = weakref.WeakSet()


def _forget_all() -> None:
    for pool in list(_POOLS):
        pool.forget()


os.register_at_fork(after_in_child=_forget_all)
