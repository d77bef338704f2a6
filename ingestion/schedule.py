"""When the background work of ingestion runs."""

from typing import Any

from api.schedule import Crontab, schedule_once

SCHEDULE = (
    Crontab("Delete settled dead letters", "ingestion.tasks.delete_settled_letters", "10", "4", 12 * 3600),
)


def schedule_ingestion(**_: Any) -> None:
    """Runs after every migration, when the schedule's own tables are there."""
    schedule_once(SCHEDULE)
