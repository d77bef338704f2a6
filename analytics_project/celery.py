"""The Celery application: its queues, and what a crash of a worker must not lose."""

import os

from celery import Celery
from celery.signals import beat_init, worker_process_init, worker_ready
from kombu import Exchange, Queue

from analytics_project.task_telemetry import listen_to_tasks
from runtime.config import configuration
from runtime.parent_death import die_with_parent
from runtime.readiness import announce_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analytics_project.settings")

QUEUES = ("aggregate", "fetch", "default")
BROKER_SECONDS = 3.0
# On Redis everything else, of whatever queue, goes before: a nudge behind many runs would expire unheard.
LAST = 9

app = Celery("campaign_analytics")
app.conf.update(
    broker_url=configuration().redis_log.broker_url,
    broker_connection_retry_on_startup=True,
    # A task that was taken by a worker that died goes back to its queue.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    # A request that hands over a task waits for a silent broker twice as long as this, and no longer.
    broker_transport_options={
        "visibility_timeout": 900,
        "socket_timeout": BROKER_SECONDS,
        "socket_connect_timeout": BROKER_SECONDS,
    },
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0},
    task_time_limit=600,
    task_soft_time_limit=540,
    task_ignore_result=True,
    result_expires=None,  # no results are kept, so beat need not schedule their cleanup
    task_serializer="json",
    accept_content=["json"],
    task_default_queue="default",
    task_queues=[Queue(name, Exchange(name), routing_key=name) for name in QUEUES],
    task_create_missing_queues=False,
    task_routes={
        "insights.aggregate": "aggregate",
        "insights.reaggregate": {"queue": "aggregate", "priority": LAST},
        "insights.queue_up_again": {"queue": "aggregate", "priority": LAST},
    },
    timezone="UTC",
    worker_hijack_root_logger=False,
    worker_concurrency=configuration().worker.concurrency,
    beat_scheduler="django_celery_beat.schedulers:DatabaseScheduler",
)
app.autodiscover_tasks()
listen_to_tasks()


@worker_process_init.connect
def _end_with_the_worker(**_: object) -> None:
    die_with_parent()


@worker_ready.connect
@beat_init.connect
def _tell_the_supervisor(**_: object) -> None:
    announce_ready()
