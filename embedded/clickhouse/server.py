"""Accepts clients, gives each a thread, and ends in order."""

import itertools
import socket
import time
from threading import Thread

from embedded.clickhouse.configuration import Limits
from embedded.clickhouse.engine import Engine
from embedded.clickhouse.session import House, Session
from embedded.clickhouse.users import User
from embedded.clickhouse.watcher import Watcher

TICK_SECONDS = 0.5
QUIET_TICKS = 6  # this long without a query and the engine's spare memory goes back
FINISH_SECONDS = 20.0
KILLED_SECONDS = 5.0


class Server:
    def __init__(self, engine: Engine, users: dict[str, User], limits: Limits) -> None:
        self._house = House(engine, users, limits, Watcher(engine.kill))
        self._sessions: dict[Session, tuple[str, Thread]] = {}
        self._names = (f"connection-{number}" for number in itertools.count(1))
        self._stopping = False
        self._quiet_ticks = 0

    def run(self, listener: socket.socket) -> None:
        """Serve until `stop`, then let running queries finish and close the engine."""
        listener.settimeout(TICK_SECONDS)
        while not self._stopping:
            self._accept(listener)
            self._forget_ended()
            self._give_memory_back_when_quiet()
        listener.close()
        self._finish()

    def stop(self) -> None:
        """May be called by a signal handler."""
        self._stopping = True

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            return
        except OSError as error:  # such as no file descriptors left: others will be closed
            print(f"clickhouse: cannot accept a connection: {error.strerror}", flush=True)
            time.sleep(TICK_SECONDS)
        else:
            self._start_session(connection)

    def _start_session(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connections = self._house.limits.connections
        if len(self._sessions) >= 2 * connections:  # there are enough to be told so
            connection.close()
            return
        name = next(self._names)
        session = Session(self._house, connection, name)
        full = len(self._sessions) >= connections
        thread = Thread(target=session.serve, kwargs={"full": full}, name=name, daemon=True)
        self._sessions[session] = (name, thread)
        thread.start()

    def _forget_ended(self) -> None:
        ended = [session for session, (_, thread) in self._sessions.items() if not thread.is_alive()]
        for session in ended:
            del self._sessions[session]

    def _give_memory_back_when_quiet(self) -> None:
        self._quiet_ticks = 0 if any(session.busy for session in self._sessions) else self._quiet_ticks + 1
        if self._quiet_ticks == QUIET_TICKS:
            self._house.engine.give_memory_back()

    def _finish(self) -> None:
        for session in self._sessions:
            session.leave()
        self._join(FINISH_SECONDS)
        for name, thread in self._sessions.values():
            if thread.is_alive():
                self._house.engine.kill(name)
        self._join(KILLED_SECONDS)
        self._house.watcher.close()
        self._house.engine.close()

    def _join(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        for _, thread in self._sessions.values():
            thread.join(max(deadline - time.monotonic(), 0))
