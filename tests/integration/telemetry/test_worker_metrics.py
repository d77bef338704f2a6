"""Figures and log lines of a real Celery worker."""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from runtime.config import configuration
from runtime.options import REPOSITORY
from runtime.telemetry.metric_files import FilesCollector
from tests.integration.telemetry.until import until
from tests.integration.telemetry.worker_with_tasks import fails, retries, succeeds


@pytest.fixture
def worker_log(tmp_path: Path) -> Iterator[Path]:
    """The lines of a worker that runs for the length of the test."""
    log = tmp_path / "worker.log"
    with log.open("wb") as output:
        worker = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "-A", "tests.integration.telemetry.worker_with_tasks"),
                *("worker", "--concurrency", "1", "--without-gossip", "--without-mingle"),
            ],
            cwd=REPOSITORY,
            stderr=output,
            stdout=subprocess.DEVNULL,
        )
    yield log
    worker.send_signal(signal.SIGTERM)
    worker.wait()


def figures() -> dict[str, float]:
    registry = CollectorRegistry()
    registry.register(FilesCollector(configuration().data_dir))
    samples = [sample for family in registry.collect() for sample in family.samples]
    return {
        f"{sample.name} {sample.labels['task']} {sample.labels.get('outcome', '')}".rstrip(): sample.value
        for sample in samples
        if sample.labels.get("task", "").startswith("tests.") and "le" not in sample.labels
    }


def ended_runs(log: Path) -> list[dict[str, Any]]:
    """The lines of our tasks' runs; other tests may have left tasks in the queue."""
    whole_lines = log.read_text().rpartition("\n")[0].splitlines()
    lines = [json.loads(line) for line in whole_lines]
    return [line for line in lines if line["event"] == "task" and line["task"].startswith("tests.")]


def test_tasks_are_counted_by_outcome_and_told_in_one_line_each(worker_log: Path) -> None:
    for task in (succeeds, succeeds, fails, retries):
        task.delay()
    until(lambda: len(ended_runs(worker_log)) == 5, "five runs ended")

    counted = figures()
    assert counted["ca_tasks_started_total tests.succeeds"] == 2
    assert counted["ca_tasks_finished_total tests.succeeds succeeded"] == 2
    assert counted["ca_tasks_finished_total tests.fails failed"] == 1
    assert counted["ca_tasks_started_total tests.retries"] == 2
    assert counted["ca_tasks_finished_total tests.retries retried"] == 1
    assert counted["ca_tasks_finished_total tests.retries succeeded"] == 1
    assert counted["ca_task_seconds_count tests.succeeds"] == 2
    assert counted["ca_task_seconds_sum tests.succeeds"] > 0
    assert {value for name, value in counted.items() if "in_progress" in name} == {0}

    runs = ended_runs(worker_log)
    assert Counter((run["task"], run["outcome"]) for run in runs) == {
        ("tests.succeeds", "succeeded"): 2,
        ("tests.fails", "failed"): 1,
        ("tests.retries", "retried"): 1,
        ("tests.retries", "succeeded"): 1,
    }
    assert all(run["task_id"] for run in runs)


def test_the_traceback_of_a_failed_task_is_in_the_log_without_its_secrets(worker_log: Path) -> None:
    fails.delay()
    until(lambda: len(ended_runs(worker_log)) == 1, "the task failed")
    assert "ValueError: redis://***@localhost refused" in worker_log.read_text()
    assert "hunter2" not in worker_log.read_text()
