"""What happens once when Django starts: which rows are audited, which schedules exist."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class IngestionConfig(AppConfig):
    name = "ingestion"

    def ready(self) -> None:
        from accounts.audit import audited
        from ingestion.models import ConsumerStop, DeadLetter
        from ingestion.schedule import schedule_ingestion

        post_migrate.connect(schedule_ingestion, sender=self)
        audited(DeadLetter, exclude=["key", "payload"], hide=["replayed_payload"])
        audited(ConsumerStop)
