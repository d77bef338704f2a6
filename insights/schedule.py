"""When insights are looked after."""

from typing import Any

from accounts.schedule import Turn, schedule_once

SCHEDULE = (Turn("Let go of old raw rows", "insights.retention", "50", "*", 50 * 60),)


def schedule_insights(**_: Any) -> None:
    """Runs after every migration, when the schedule's own tables are there."""
    schedule_once(SCHEDULE)
