"""What insights do in the background. Every task may run twice without harm."""

from typing import Any
from uuid import UUID

import structlog
from celery import Task, shared_task
from django.db import OperationalError

from insights.reaggregation.services import reaggregate_give_up, reaggregate_work
from insights.retention import retention_apply
from warehouse.errors import WarehouseUnavailable

logger = structlog.get_logger(__name__)

# A long run lets everything else in its queue have a turn: it works this long and queues up again.
TURN_SECONDS = 2.0
MOST_TRIES, LONGEST_WAIT = 12, 60


@shared_task(name="insights.reaggregate", bind=True, max_retries=MOST_TRIES)
def reaggregate(self: "Task[[str], None]", run_id: str) -> None:
    """A turn of the run; where it stopped stands in the run itself."""
    try:
        unfinished = reaggregate_work(run_id=UUID(run_id), seconds=TURN_SECONDS)
    except (WarehouseUnavailable, OperationalError) as error:
        _try_later(self, run_id, error)
    except Exception:
        reaggregate_give_up(run_id=UUID(run_id), error="It failed unexpectedly; the log says more.")
        raise
    else:
        if unfinished:
            reaggregate.delay(run_id)


@shared_task(name="insights.retention", autoretry_for=(WarehouseUnavailable,), retry_backoff=60)
def retention() -> None:
    """Let go of raw rows that nobody wants kept any longer."""
    retention_apply()


def _try_later(task: Any, run_id: str, error: Exception) -> None:
    tries = task.request.retries
    if tries >= MOST_TRIES:
        reaggregate_give_up(run_id=UUID(run_id), error=f"A store stayed away: {error}")
        return
    logger.warning("reaggregate_waits", run_id=run_id, error=str(error))
    raise task.retry(exc=error, countdown=min(LONGEST_WAIT, 2**tries))
