"""What happens once when Django starts: what is scheduled, and what follows from a new campaign."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save


class InsightsConfig(AppConfig):
    name = "insights"

    def ready(self) -> None:
        from campaigns.models import Campaign
        from insights.new_campaigns import note_complete_days
        from insights.schedule import schedule_insights

        post_save.connect(note_complete_days, sender=Campaign)
        post_migrate.connect(schedule_insights, sender=self)
