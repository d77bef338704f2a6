"""Log lines and figures of Celery's tasks, from its signals."""

import time
from typing import Any

import structlog
from celery import signals

from runtime.config import configuration
from runtime.telemetry.logs import begin_context, configure_logs, end_context, logging_settings
from runtime.telemetry.metric_files import share_metrics
from runtime.telemetry.metrics import Metric, count, move, observe

logger = structlog.get_logger(__name__)

OUTCOMES = {"SUCCESS": "succeeded", "FAILURE": "failed", "RETRY": "retried", "REJECTED": "rejected"}


def listen_to_tasks() -> None:
    """To be called where the Celery application is made, before a worker of it starts."""
    signals.celeryd_init.connect(_share_metrics)
    signals.setup_logging.connect(_configure_logs)
    signals.task_prerun.connect(_begin)
    signals.task_postrun.connect(_end)


def _share_metrics(**_: Any) -> None:
    """In the worker's main process, before its children are forked."""
    share_metrics(configuration().data_dir, "worker")


def _configure_logs(**_: Any) -> None:
    """Having a receiver also keeps Celery from configuring logs itself."""
    configure_logs(logging_settings(configuration().logs))


def _begin(task_id: str, task: Any, **_: Any) -> None:
    begin_context(task=task.name, task_id=task_id)
    task.request.began = time.perf_counter()
    count(Metric.TASKS_STARTED, task=task.name)
    move(Metric.TASKS_IN_PROGRESS, 1, task=task.name)


def _end(task: Any, state: str | None, **_: Any) -> None:
    seconds = time.perf_counter() - task.request.began
    outcome = OUTCOMES.get(state or "", "rejected")
    move(Metric.TASKS_IN_PROGRESS, -1, task=task.name)
    count(Metric.TASKS_FINISHED, task=task.name, outcome=outcome)
    observe(Metric.TASK_SECONDS, seconds, task=task.name)
    logger.info("task", outcome=outcome, milliseconds=round(seconds * 1000, 2))
    end_context()
