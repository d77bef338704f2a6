"""When insights are looked after."""

from typing import Any

from accounts.schedule import Beat, schedule_once
from runtime.config import configuration


def schedule_insights(**_: Any) -> None:
    """Runs after every migration, when the schedule's own tables are there."""
    seconds = configuration().aggregation.sweep_seconds
    schedule_once((Beat("Sweep up what nobody asked for", "insights.aggregate", seconds),))
