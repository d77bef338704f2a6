"""When insights are looked after."""

from typing import Any

from api.schedule import Crontab, Interval, schedule_once
from runtime.config import configuration


def schedule_insights(**_: Any) -> None:
    """Runs after every migration, when the schedule's own tables are there."""
    seconds = configuration().aggregation.sweep_seconds
    schedule_once(
        (
            Interval("Sweep up what is marked", "insights.aggregate", seconds),
            Crontab("Queue up runs that were passed over", "insights.queue_up_again", "*/5", "*", 4 * 60),
            Crontab("Let go of old raw rows", "insights.retention", "50", "*", 50 * 60),
            Crontab("Drop old minutes", "insights.drop_minutes", "20", "*", 50 * 60),
        )
    )
