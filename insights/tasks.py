"""What insights do in the background. Every task may run twice, or not at all, without harm."""

from celery import shared_task

from insights.rollups.tick import Outcome, tick
from warehouse.errors import WarehouseUnavailable

EXPIRES_AFTER = 60  # whoever asks again in the meantime asks for the same


@shared_task(name="insights.aggregate", expires=EXPIRES_AFTER, throws=(WarehouseUnavailable,))
def aggregate() -> None:
    """Bring the rollups up to the raw tables. If it fails, the next sweep takes up what it left."""
    if tick() is Outcome.MORE:
        aggregate.delay()
