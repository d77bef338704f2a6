"""Notices that a client cancels its running query, or leaves, while the session waits for the engine."""

import selectors
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Thread

KILL_AGAIN_SECONDS = 0.05  # the first one may come before the engine knows the query


class Watched:
    """One running query."""

    def __init__(self, name: str, connection: socket.socket) -> None:
        self.name = name
        self.connection = connection
        self.interrupted = False
        self._running = True
        self._lock = Lock()

    def kill_with(self, kill: Callable[[str], None]) -> bool:
        """False once the query has ended: the connection's next one must not be hit."""
        with self._lock:
            if self._running:
                kill(self.name)
            return self._running

    def ended(self) -> None:
        with self._lock:
            self._running = False


class Watcher:
    """One thread for all sessions. What a client says is left unread for its session."""

    def __init__(self, kill: Callable[[str], None]) -> None:
        self._kill = kill
        self._selector = selectors.DefaultSelector()
        self._doomed: list[Watched] = []
        self._wake, woken = socket.socketpair()
        self._woken = woken
        self._selector.register(woken, selectors.EVENT_READ)
        self._closed = False
        self._thread = Thread(target=self._run, name="watcher", daemon=True)
        self._thread.start()

    @contextmanager
    def watching(self, name: str, connection: socket.socket, *, said_more: bool) -> Iterator[Watched]:
        """While the block runs, anything that the client says interrupts the query of connection `name`.

        `said_more`: it has already spoken, so the socket may stay silent.
        """
        watched = Watched(name, connection)
        if said_more:
            self._interrupt(watched)
            self._wake.send(b".")
        else:
            self._selector.register(connection, selectors.EVENT_READ, watched)
        try:
            yield watched
        finally:
            watched.ended()
            self._forget(connection)

    def close(self) -> None:
        self._closed = True
        self._wake.send(b".")
        self._thread.join()

    def _run(self) -> None:
        while not self._closed:
            for key, _ in self._selector.select(KILL_AGAIN_SECONDS if self._doomed else None):
                if key.fileobj is self._woken:
                    self._woken.recv(64)
                else:
                    self._forget(key.data.connection)
                    self._interrupt(key.data)
            self._doomed = [watched for watched in self._doomed if watched.kill_with(self._kill)]

    def _interrupt(self, watched: Watched) -> None:
        watched.interrupted = True
        self._doomed.append(watched)

    def _forget(self, connection: socket.socket) -> None:
        """Both the session and the watcher may come first."""
        try:
            self._selector.unregister(connection)
        except (KeyError, ValueError):
            return
