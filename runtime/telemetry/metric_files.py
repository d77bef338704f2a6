"""Metrics of many processes as one page.

Each process counts in files of its own below <data_dir>/run/metrics/<kind>/<pid of the group's parent>/, so
that a killed process leaves what it counted. The parent of a group (granian's or Celery's main process) makes
the folder before its children start; a child that comes back joins it and wipes nothing. Processes that share
a data folder must see each other's pids.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from prometheus_client import CollectorRegistry, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector

from runtime.processes import is_alive
from runtime.telemetry.metrics import OWN_REGISTRY, has_counted

ProcessKind = Literal["web", "worker", "consumer"]

# Read by prometheus_client; children inherit it.
_FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_RETRIES = 2


def share_metrics(data_dir: Path, kind: ProcessKind) -> None:
    """Let this process and its children count in files; wipes those of groups of this kind that are gone.

    Called once by the parent of the group, before it counts anything itself.
    """
    if has_counted():
        raise RuntimeError("share_metrics comes too late: what was counted before lies in memory")
    groups = _root(data_dir) / kind
    own = groups / str(os.getpid())
    for group in [*groups.glob("*"), own]:
        if group == own or not _names_a_process(group.name):
            shutil.rmtree(group, ignore_errors=True)
    own.mkdir(parents=True)
    os.environ[_FOLDER_VARIABLE] = str(own)
    # It chooses at import where to count, and the celery command imports it with Flower before all of ours.
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]


def metrics_page(data_dir: Path) -> bytes:
    """The figures of all processes of this data folder, or of this process where none are shared."""
    if _FOLDER_VARIABLE not in os.environ:
        return generate_latest(OWN_REGISTRY)
    registry = CollectorRegistry()
    registry.register(FilesCollector(data_dir))
    return generate_latest(registry)


class FilesCollector:
    """What all processes of a data folder counted, as a collector of prometheus_client."""

    def __init__(self, data_dir: Path) -> None:
        self.root = _root(data_dir)

    def collect(self) -> list[Any]:
        """Read again when another group starts or ends meanwhile and takes files away."""
        for _ in range(_RETRIES):
            with suppress(FileNotFoundError):
                return _merged_files(self.root)
        return _merged_files(self.root)


def _merged_files(root: Path) -> list[Any]:
    _forget_gauges_of_the_dead(root)
    # A file is empty for the moment between its creation and its first size.
    files = [str(path) for path in root.glob("*/*/*.db") if path.stat().st_size]
    return list(MultiProcessCollector.merge(files))  # type: ignore[no-untyped-call]


def _forget_gauges_of_the_dead(root: Path) -> None:
    """What a process has in progress ends with it; what it counted stays."""
    for path in root.glob("*/*/gauge_live*_*.db"):
        if not _names_a_process(path.stem.rpartition("_")[2]):
            path.unlink(missing_ok=True)


def _names_a_process(name: str) -> bool:
    return name.isdecimal() and is_alive(int(name))


def _root(data_dir: Path) -> Path:
    return data_dir / "run" / "metrics"
