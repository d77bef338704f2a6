"""Bytes in and bytes out of one connection, buffered."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from clickhouse_driver.bufferedreader import BufferedReader

from embedded.clickhouse.errors import ProtocolError

BUFFER = 256 * 1024
SEND_AT_ONCE = 64 * 1024  # smaller pieces wait for company, larger ones are sent without a copy
GOODBYE_SECONDS = 1.0
FEW_STRINGS, MANY_STRINGS = 16, 65_536
STRING_BYTES_AT_ONCE = 8 * 1024 * 1024
MAX_VARINT_BYTES = 10


class Sink(Protocol):
    """Takes a copy of what is read, while reading."""

    def write(self, data: memoryview, /) -> object: ...


class Incoming(BufferedReader):  # type: ignore[misc]  # the driver ships no types
    """A buffered reader that can also skip without decoding and copy what it passes into a sink.

    It stands on clickhouse-driver's own reader, because finding the end of 200,000 strings costs
    10 ms in that compiled loop and 200 ms in Python.
    """

    buffer: bytearray
    position: int
    current_buffer_size: int
    read_one: Callable[[], int]

    def __init__(self, receive_into: Callable[[bytearray], int], size: int = BUFFER) -> None:
        super().__init__(size)
        self._receive_into = receive_into
        self._sink: Sink | None = None
        self._copied_to = 0

    def read_into_buffer(self) -> None:
        """Refill; called only when the buffer has been passed to its end. Raises EOFError."""
        self._copy_to_sink(self.current_buffer_size)
        self._copied_to = 0
        self.current_buffer_size = self._receive_into(self.buffer)
        if not self.current_buffer_size:
            raise EOFError("The other side closed the connection.")

    def copy_into(self, sink: Sink | None) -> None:
        """From here on everything that is read also goes to `sink`; None ends that."""
        if self._sink is not None:
            self._copy_to_sink(self.position)
        self._sink, self._copied_to = sink, self.position

    @property
    def unread(self) -> int:
        """How many bytes have arrived and are not read yet."""
        return self.current_buffer_size - self.position

    def skip(self, count: int) -> None:
        while count > (at_hand := self.current_buffer_size - self.position):
            count -= at_hand
            self.position = self.current_buffer_size
            self.read_into_buffer()
            self.position = 0
        self.position += count

    def skip_strings(self, count: int) -> None:
        """In slices of bounded size, because the compiled loop makes an object of every string."""
        at_once = FEW_STRINGS
        while count > 0:
            passed = self.read_strings(min(count, at_once))
            count -= len(passed)
            average = sum(map(len, passed)) // len(passed) + 1
            at_once = max(FEW_STRINGS, min(MANY_STRINGS, STRING_BYTES_AT_ONCE // average))

    def varint(self) -> int:
        value = 0
        for position in range(MAX_VARINT_BYTES):
            byte = self.read_one()
            value |= (byte & 0x7F) << (7 * position)
            if byte < 0x80:
                return value
        raise ProtocolError("A number on the wire is longer than ten bytes.")

    def uint64(self) -> int:
        return int.from_bytes(self.read(8), "little")

    def text(self, limit: int) -> str:
        """A string of at most `limit` bytes; the limit is checked before anything is allocated."""
        length = self.varint()
        if length > limit:
            raise ProtocolError(f"A string of {length} bytes on the wire, where {limit} are allowed.")
        return bytes(self.read(length)).decode(errors="replace")

    def _copy_to_sink(self, end: int) -> None:
        if self._sink is not None and end > self._copied_to:
            self._sink.write(memoryview(self.buffer)[self._copied_to : end])
            self._copied_to = end


class Outgoing:
    """Gathers small pieces into one send and passes large ones through."""

    def __init__(self, send_all: Callable[[bytes | memoryview], None]) -> None:
        self._send_all = send_all
        self._waiting: list[bytes] = []
        self._size = 0

    def put(self, piece: bytes | memoryview) -> None:
        if len(piece) < SEND_AT_ONCE:
            self._waiting.append(bytes(piece))
            self._size += len(piece)
            if self._size >= SEND_AT_ONCE:
                self.flush()
        else:
            self.flush()
            self._send_all(piece)

    def flush(self) -> None:
        if self._waiting:
            data = b"".join(self._waiting)
            self._waiting.clear()
            self._size = 0
            self._send_all(data)


class Line:
    """Both directions of one client's connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.incoming = Incoming(connection.recv_into)
        self.outgoing = Outgoing(connection.sendall)

    def say(self, packet: bytes) -> None:
        """Send it now, after what waits."""
        self.outgoing.put(packet)
        self.outgoing.flush()

    def say_goodbye(self, packet: bytes) -> None:
        """The last word. What the client still sends is read, or the packet would be lost with it."""
        with suppress(OSError):
            self.say(packet)
            self.socket.shutdown(socket.SHUT_WR)
            self.socket.settimeout(GOODBYE_SECONDS)
            deadline = time.monotonic() + GOODBYE_SECONDS
            while self.socket.recv(BUFFER) and time.monotonic() < deadline:
                pass
