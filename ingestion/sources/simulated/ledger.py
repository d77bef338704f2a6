"""What a simulator sent and what it was told, as JSON lines: docs/reference/ledger.md."""

import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import msgspec

from ingestion.sources.simulated.door import Rejection


class Ledger:
    """Safe to share between threads. A line is on its way to the disk before the call returns.

    Without a path it counts and writes nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._file: BinaryIO | None = path.open("wb") if path else None
        self._lock = threading.Lock()
        self._encode = msgspec.json.Encoder().encode

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()

    def run(self, facts: Mapping[str, Any]) -> None:
        self._write([{"line": "run", "ledger_version": 1, "at": _now(), **facts}])

    def sending(self, lines: Sequence[Any]) -> None:
        """Before the request leaves, so that whatever may stand on the log stands here."""
        self._write(lines)

    def told(
        self,
        *,
        batch: str,
        way: str,
        status: int,
        acknowledged: Sequence[int],
        rejected: Mapping[int, Rejection],
        unknown: Sequence[int],
    ) -> None:
        line = {
            "line": "told",
            "batch": batch,
            "at": _now(),
            "way": way,
            "status": status,
            "acknowledged": acknowledged,
            "rejected": [{"n": n, "code": one.code, "field": one.field} for n, one in rejected.items()],
            "unknown": unknown,
        }
        self._write([line])

    def end(self, facts: Mapping[str, Any]) -> None:
        self._write([{"line": "end", "at": _now(), **facts}])

    def _write(self, lines: Sequence[Any]) -> None:
        if not self._file:
            return
        text = b"".join(self._encode(line) + b"\n" for line in lines)
        with self._lock:
            self._file.write(text)
            self._file.flush()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
