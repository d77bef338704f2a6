"""What insights do in the background. Every task may run twice without harm; `aggregate` may also be lost."""

from typing import Any
from uuid import UUID

import structlog
from celery import Task, shared_task
from django.db import OperationalError
from kombu.exceptions import OperationalError as QueueDown

from api.cache_server import CacheServerDown
from insights.reaggregation.services import reaggregate_work
from insights.retention import retention_apply
from insights.rollups.minutes import drop_old_minutes
from insights.rollups.tick import Outcome, tick
from runs.choices import RunKind
from runs.services import run_give_up, runs_passed_over
from warehouse.errors import WarehouseUnavailable

logger = structlog.get_logger(__name__)

# A long run lets everything else in its queue have a turn: it works this long and queues up again.
TURN_SECONDS = 2.0
MOST_TRIES, LONGEST_WAIT = 12, 60
AGGREGATE_EXPIRES_AFTER = 60  # whoever asks again in the meantime asks for the same


@shared_task(name="insights.aggregate", expires=AGGREGATE_EXPIRES_AFTER, throws=(WarehouseUnavailable,))
def aggregate() -> None:
    """Bring the rollups up to the raw tables. If it fails, the next sweep takes up what it left."""
    if tick() is Outcome.MORE:
        aggregate.delay()


@shared_task(name="insights.drop_minutes", throws=(WarehouseUnavailable,))
def drop_minutes() -> None:
    drop_old_minutes()


@shared_task(name="insights.reaggregate", bind=True, max_retries=MOST_TRIES)
def reaggregate(self: "Task[[str], None]", run_id: str) -> None:
    """A turn of the run; where it stopped stands in the run itself."""
    try:
        unfinished = reaggregate_work(run_id=UUID(run_id), seconds=TURN_SECONDS)
    except (WarehouseUnavailable, OperationalError, CacheServerDown) as error:
        _try_later(self, run_id, error)
    except Exception:
        run_give_up(run_id=UUID(run_id), error="It failed unexpectedly; the log says more.")
        raise
    else:
        if unfinished:
            _queue_up(run_id)


@shared_task(name="insights.queue_up_again")
def queue_up_again() -> None:
    """Runs that wait although the queue has lost them, or never got them, and those whose worker died.

    It stands in one queue with them and expires sooner than they count as passed over: once it is its turn,
    theirs has come, too. One that is queued twice is harmless: taking it takes it from the other.
    """
    for run_id in runs_passed_over(RunKind.REAGGREGATE):
        _queue_up(str(run_id))


@shared_task(name="insights.retention", autoretry_for=(WarehouseUnavailable,), retry_backoff=60)
def retention() -> None:
    """Let go of raw rows that nobody wants kept any longer."""
    retention_apply()


def _queue_up(run_id: str) -> None:
    """If the queue is down, `queue_up_again` does it later."""
    try:
        reaggregate.delay(run_id)
    except QueueDown as error:
        logger.warning("reaggregate_not_queued", run_id=run_id, error=str(error))


def _try_later(task: Any, run_id: str, error: Exception) -> None:
    tries = task.request.retries
    if tries >= MOST_TRIES:
        run_give_up(run_id=UUID(run_id), error=f"A store stayed away: {error}")
        return
    logger.warning("reaggregate_waits", run_id=run_id, error=str(error))
    raise task.retry(exc=error, countdown=min(LONGEST_WAIT, 2**tries))
