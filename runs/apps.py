"""What happens once when Django starts: what is audited, and what is scheduled."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

# How far it is changes every second; the trail tells who asked, who cancelled and how it ended.
PROGRESS = ("done", "total", "place", "taken_by", "deaths", "alive_at", "started_at", "finished_at")


class RunsConfig(AppConfig):
    name = "runs"

    def ready(self) -> None:
        from accounts.audit import audited
        from runs.models import Run
        from runs.schedule import schedule_runs

        post_migrate.connect(schedule_runs, sender=self)
        audited(Run, exclude=PROGRESS)
