"""What happens once when Django starts: which rows are audited."""

from django.apps import AppConfig


class IngestionConfig(AppConfig):
    name = "ingestion"

    def ready(self) -> None:
        from accounts.audit import audited
        from ingestion.models import ConsumerStop, DeadLetter

        audited(DeadLetter, exclude=["key", "payload"], hide=["replayed_payload"])
        audited(ConsumerStop)
