"""What a figure was measured on, in one line."""

import os
import platform
from pathlib import Path

from embedded.interpreter import remark


def describe() -> str:
    python = f"Python {platform.python_version()}{remark()}"
    return f"{os.cpu_count()} cores, {_processor()}, {_memory_gib()} GiB, {python}"


def _processor() -> str:
    return _entry(Path("/proc/cpuinfo"), "model name") or platform.machine()


def _memory_gib() -> int:
    kilobytes = _entry(Path("/proc/meminfo"), "MemTotal").split()
    return round(int(kilobytes[0]) / 2**20) if kilobytes else 0


def _entry(table: Path, name: str) -> str:
    if not table.exists():
        return ""
    for line in table.read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""
