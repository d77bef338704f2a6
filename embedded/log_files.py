"""Writes what the processes print: one bounded file each, and one of them all.

A thread reads the pipes, so that no process ever waits for a supervisor that is busy. A full disk loses
lines, never the reading: a process whose pipe is not read would stand still.
"""

import os
import selectors
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path

MAX_BYTES = 5 * 1024 * 1024
TAIL_LINES = 12
STACK_LOG = "stack"


class LogFile:
    """A file that starts anew at a size, keeping the one before as `<name>.1`."""

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._file = path.open("ab", buffering=0)
        self._size = path.stat().st_size

    def write(self, data: bytes) -> None:
        with self._lock:
            if self._size and self._size + len(data) > self._max_bytes:
                self._turn_over()
            self._size += self._file.write(data) or 0

    def close(self) -> None:
        self._file.close()

    def _turn_over(self) -> None:
        self._file.close()
        self._path.replace(self._path.with_name(self._path.name + ".1"))
        self._file = self._path.open("ab", buffering=0)
        self._size = 0


class Stream:
    """The output of one child, cut into lines."""

    def __init__(self, name: str, descriptor: int, file: LogFile, tail: deque[str]) -> None:
        self.name = name
        self.descriptor = descriptor
        self.ended = threading.Event()
        self._file = file
        self._tail = tail
        self._rest = b""

    def read_lines(self) -> list[bytes]:
        """The lines that came in; marks the stream as ended at its end. Never blocks when there is input."""
        data = os.read(self.descriptor, 65536)
        if data:
            *lines, self._rest = (self._rest + data).split(b"\n")
            if len(self._rest) > 65536:  # a line without end must not grow in memory
                lines, self._rest = [*lines, self._rest], b""
        else:
            lines, self._rest = ([self._rest] if self._rest else []), b""
        for line in lines:
            self._tail.append(line.decode(errors="replace"))
            with suppress(OSError):
                self._file.write(line + b"\n")
        if not data:
            self.ended.set()
        return lines


class Logs:
    """All log files of one stack; `follow` hands it the output of a child."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._files: dict[str, LogFile] = {}
        self._tails: dict[str, deque[str]] = {}
        self._last: dict[str, Stream] = {}
        self._streams = selectors.DefaultSelector()
        self._close_reader, self._close_writer = os.pipe()
        self._streams.register(self._close_reader, selectors.EVENT_READ)
        self._all = self._file(STACK_LOG)
        self._pump = threading.Thread(target=self._read_all, name="logs", daemon=True)
        self._pump.start()

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def follow(self, name: str, descriptor: int) -> None:
        """Read this pipe to its end and close it."""
        tail = self._tails.setdefault(name, deque(maxlen=TAIL_LINES))
        tail.clear()
        stream = self._last[name] = Stream(name, descriptor, self._file(name), tail)
        self._streams.register(descriptor, selectors.EVENT_READ, stream)

    def last_lines(self, name: str) -> list[str]:
        """What the newest child of this name printed last; waits a moment for what is still in the pipe."""
        if name in self._last:
            self._last[name].ended.wait(timeout=1)
        return list(self._tails.get(name, ()))

    def note(self, line: str) -> None:
        """A line of the supervisor itself."""
        with suppress(OSError):
            self._all.write(f"{'supervisor':<12} {line}\n".encode())

    def close(self) -> None:
        """Read what is left and close every file; the children have ended."""
        for stream in self._last.values():
            stream.ended.wait(timeout=1)
        os.close(self._close_writer)
        self._pump.join()
        self._streams.close()
        os.close(self._close_reader)
        for file in self._files.values():
            file.close()

    def _file(self, name: str) -> LogFile:
        if name not in self._files:
            self._files[name] = LogFile(self.path(name))
        return self._files[name]

    def _read_all(self) -> None:
        while True:
            for key, _ in self._streams.select():
                if key.data is None:  # `close` closed its end
                    return
                self._read(key.data)

    def _read(self, stream: Stream) -> None:
        lines = stream.read_lines()
        with suppress(OSError):
            self._all.write(b"".join(f"{stream.name:<12} ".encode() + line + b"\n" for line in lines))
        if stream.ended.is_set():
            self._streams.unregister(stream.descriptor)
            os.close(stream.descriptor)
