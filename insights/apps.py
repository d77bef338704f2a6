"""What happens once when Django starts: what is scheduled."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class InsightsConfig(AppConfig):
    name = "insights"

    def ready(self) -> None:
        from insights.schedule import schedule_insights

        post_migrate.connect(schedule_insights, sender=self)
