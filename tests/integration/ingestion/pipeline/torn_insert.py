"""Between a consumer and ClickHouse: lets an insert through until so much of its rows has passed."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from runtime.config import configuration

INSERT = b"INSERT INTO metric_events"
PASSES = 20_000  # bytes of the rows


class TornInsert:
    """Once somebody has been torn off nothing of it passes any more, also not its end."""

    def __init__(self) -> None:
        self.is_torn = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        server = configuration().clickhouse
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                behind = socket.create_connection((server.host, server.port))
                self._pass(client, behind, Torn(self.is_torn).part_of)
                self._pass(behind, client, bytes)

    def _pass(self, source: socket.socket, sink: socket.socket, part_of: Callable[[bytes], bytes]) -> None:
        threading.Thread(target=_copy, args=(source, sink, part_of), daemon=True).start()


class Torn:
    """What of one connection may pass."""

    def __init__(self, is_torn: threading.Event) -> None:
        self._is_torn = is_torn
        self._seen = b""

    def part_of(self, sent: bytes) -> bytes:
        before, _, rows = (self._seen + sent).partition(INSERT)
        if not rows:
            self._seen = before[-len(INSERT) :]
            return sent
        too_much = len(rows) - PASSES
        self._seen += sent
        if too_much > 0:
            self._is_torn.set()
        return sent[: max(len(sent) - max(too_much, 0), 0)]


def _copy(source: socket.socket, sink: socket.socket, part_of: Callable[[bytes], bytes]) -> None:
    """Until one of the two is gone; then the other one is told."""
    with suppress(OSError), source, sink:
        while sent := source.recv(65536):
            sink.sendall(part_of(sent))
