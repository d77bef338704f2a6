"""Figures of many processes: exact after some were killed, free of what is gone."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

COUNTING_PROCESS = """
import sys
from runtime.telemetry.metrics import Metric, count, move
for _ in range(int(sys.argv[1])):
    count(Metric.TASKS_STARTED, task="work")
move(Metric.TASKS_IN_PROGRESS, 1, task="work")
print("counted", flush=True)
sys.stdin.read()
"""

PARENT_OF_A_GROUP = """
import sys
from pathlib import Path
from runtime.telemetry.metric_files import metrics_page, share_metrics
folder, kind = Path(sys.argv[1]), sys.argv[2]
share_metrics(folder, kind)
import os
print(os.environ["PROMETHEUS_MULTIPROC_DIR"], flush=True)
for _ in sys.stdin:
    print(metrics_page(folder).decode(), "END", sep="\\n", flush=True)
"""


class Group:
    """A parent that shares metrics, as granian's main process does, and its children."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.parent = _python(PARENT_OF_A_GROUP, str(folder), kind)
        self.files = Path(_line(self.parent))
        self.children: list[subprocess.Popen[str]] = []

    def child(self, counts: int) -> subprocess.Popen[str]:
        child = _python(COUNTING_PROCESS, str(counts), PROMETHEUS_MULTIPROC_DIR=str(self.files))
        assert _line(child) == "counted"
        self.children.append(child)
        return child

    def figures(self) -> dict[str, float]:
        assert self.parent.stdin
        self.parent.stdin.write("tell\n")
        self.parent.stdin.flush()
        page = "\n".join(iter(lambda: _line(self.parent), "END"))
        families = text_string_to_metric_families(page)
        return {sample.name: sample.value for family in families for sample in family.samples}

    def end(self) -> None:
        for process in [*self.children, self.parent]:
            _kill(process)


def _python(code: str, *arguments: str, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env=os.environ | environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().rstrip("\n")


def _kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


@contextmanager
def group(folder: Path, kind: str = "web") -> Iterator[Group]:
    started = Group(folder, kind)
    try:
        yield started
    finally:
        started.end()


def test_the_figures_of_all_processes_are_summed(tmp_path: Path) -> None:
    with group(tmp_path) as web:
        web.child(counts=3)
        web.child(counts=4)
        assert web.figures() == {"ca_tasks_started_total": 7, "ca_tasks_in_progress": 2}


def test_a_killed_process_leaves_what_it_counted_and_takes_what_it_had_in_progress(tmp_path: Path) -> None:
    with group(tmp_path) as web:
        web.child(counts=3)
        _kill(web.child(counts=4))
        web.child(counts=5)
        assert web.figures() == {"ca_tasks_started_total": 12, "ca_tasks_in_progress": 2}


def test_web_and_worker_stand_on_one_page(tmp_path: Path) -> None:
    with group(tmp_path, "web") as web, group(tmp_path, "worker") as worker:
        web.child(counts=3)
        worker.child(counts=4)
        assert web.figures()["ca_tasks_started_total"] == 7


def test_two_groups_of_one_kind_do_not_wipe_each_other(tmp_path: Path) -> None:
    with group(tmp_path, "worker") as first:
        first.child(counts=3)
        with group(tmp_path, "worker") as second:
            second.child(counts=4)
            assert second.figures()["ca_tasks_started_total"] == 7


def test_a_group_that_starts_wipes_what_dead_groups_of_its_kind_left(tmp_path: Path) -> None:
    with group(tmp_path) as dead:
        dead.child(counts=3)
    with group(tmp_path) as web:
        web.child(counts=4)
        assert not dead.files.exists()
        assert web.figures()["ca_tasks_started_total"] == 4


def test_a_dead_group_of_another_kind_stays_counted(tmp_path: Path) -> None:
    with group(tmp_path, "worker") as dead:
        dead.child(counts=3)
    with group(tmp_path, "web") as web:
        assert web.figures() == {"ca_tasks_started_total": 3}


def test_a_file_that_was_created_this_moment_is_no_failure(tmp_path: Path) -> None:
    with group(tmp_path) as web:
        (web.files / "counter_1.db").touch()
        web.child(counts=2)
        assert web.figures()["ca_tasks_started_total"] == 2


@pytest.mark.parametrize("left", ["not-a-pid", "999999999"])
def test_what_cannot_be_a_living_process_is_wiped(tmp_path: Path, left: str) -> None:
    stale = tmp_path / "run" / "metrics" / "web" / left
    stale.mkdir(parents=True)
    with group(tmp_path):
        assert not stale.exists()
