"""While a statement of a client runs: its progress is told, and the client can interrupt it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from embedded.clickhouse import protocol
from embedded.clickhouse.engine import EngineConnection
from embedded.clickhouse.protocol import Progress
from embedded.clickhouse.watcher import Watched, Watcher
from embedded.clickhouse.wire import Line, Outgoing

TELL_AFTER_SECONDS = 0.05  # the progress of a quicker statement travels with its answer


@contextmanager
def running(connection: EngineConnection, watcher: Watcher, name: str, line: Line) -> Iterator[Watched]:
    """The statement fails with code 394 if the client cancels it or leaves."""
    connection.on_progress(ProgressTeller(line.outgoing))
    try:
        with watcher.watching(name, line.socket, said_more=line.incoming.unread > 0) as watched:
            yield watched
    finally:
        connection.on_progress(None)


class ProgressTeller:
    """Called by the engine in the thread that runs the statement."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing
        self._told = Progress()
        self._started = time.monotonic()

    def __call__(self, so_far: Progress) -> None:
        self._outgoing.put(protocol.progress(so_far.since(self._told)))
        self._told = so_far
        if time.monotonic() - self._started > TELL_AFTER_SECONDS:
            with suppress(OSError):  # an exception must not pass through the engine; the next send finds out
                self._outgoing.flush()
