"""When runs are looked after."""

from typing import Any

from api.schedule import Crontab, schedule_once

SCHEDULE = (Crontab("Fail runs that nobody works on", "runs.tasks.fail_stuck_runs", "*/5", "*", 4 * 60),)


def schedule_runs(**_: Any) -> None:
    """Runs after every migration, when the schedule's own tables are there."""
    schedule_once(SCHEDULE)
