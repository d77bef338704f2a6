"""Celery's worker and beat as processes of their own, on a broker that no other test uses."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from signal import SIGKILL

from django.db import connection
from kombu import Connection

from insights import tasks
from runtime.fault_points import VARIABLE
from runtime.options import REPOSITORY
from tests.contract.eventlog.engines import RedisLab

Process = subprocess.Popen[bytes]


def places_of(lab: RedisLab) -> dict[str, str]:
    """Where a process of the product finds this test's broker and database."""
    return lab.environment() | {
        "CA_POSTGRES_DATABASE": str(connection.settings_dict["NAME"]),
        "DJANGO_SETTINGS_MODULE": "analytics_project.settings",
    }


@contextmanager
def celery_process(what: str, places: Mapping[str, str], fault: str = "") -> Iterator[Process]:
    """A worker with one child, or beat; killed with its children at the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.insights.impatient_worker", what],
        env={**os.environ, "CA_WORKER_CONCURRENCY": "1", **places, VARIABLE: fault},
        cwd=REPOSITORY,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        kill_whole(process)


def kill_whole(process: Process) -> None:
    """With -9, and its children with it."""
    if process.poll() is None:
        os.killpg(process.pid, SIGKILL)
        process.wait()


def ask_to_aggregate(lab: RedisLab) -> None:
    server = lab.options.redis_log
    with Connection(f"redis://:{server.password}@{server.host}:{server.port}/1") as broker:
        tasks.aggregate.apply_async(connection=broker)
