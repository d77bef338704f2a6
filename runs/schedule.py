"""When runs are looked after."""

from typing import Any

from accounts.schedule import Turn, schedule_once

SCHEDULE = (Turn("Fail runs that nobody works on", "runs.tasks.fail_stuck_runs", "*/5", "*", 4 * 60),)


def schedule_runs(**_: Any) -> None:
    """Runs after every migration, when the schedule's own tables are there."""
    schedule_once(SCHEDULE)
