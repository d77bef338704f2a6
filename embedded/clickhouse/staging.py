"""Holds an insert's blocks until the last has come, so that the engine sees all of them or none."""

import os
import tempfile
from types import TracebackType
from typing import Self


class Staging:
    """A file in memory, or an unnamed one on disk where a system has none. Beyond `limit` it only counts."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.size = 0
        self.rows = 0
        if hasattr(os, "memfd_create"):
            self._file = os.fdopen(os.memfd_create("insert"), "wb", buffering=0)
            self.path = f"/proc/self/fd/{self._file.fileno()}"
        else:
            named = tempfile.NamedTemporaryFile(buffering=0)  # noqa: SIM115
            self._file, self.path = named, named.name  # type: ignore[assignment]

    @property
    def overflowed(self) -> bool:
        return self.size > self._limit

    def write(self, data: memoryview) -> None:
        self.size += len(data)
        while data and not self.overflowed:
            data = data[self._file.write(data) :]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
