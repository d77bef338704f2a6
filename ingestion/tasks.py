"""What ingestion does in the background. Every task may run twice without harm."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.utils import timezone

from ingestion.dead_letters.discarding import forget_settled
from runtime.config import configuration

logger = structlog.get_logger(__name__)


@shared_task
def delete_settled_letters() -> None:
    keep = timedelta(days=configuration().dead_letters.keep_days)
    logger.info("settled_dead_letters_deleted", rows=forget_settled(before=timezone.now() - keep))
