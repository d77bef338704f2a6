"""When the background work of accounts runs."""

from typing import Any

from api.schedule import Crontab, schedule_once

SCHEDULE = (
    Crontab("Flush expired tokens", "accounts.tasks.flush_expired_tokens", "17", "*", 50 * 60),
    Crontab("Flush expired sessions", "accounts.tasks.flush_expired_sessions", "25", "3", 12 * 3600),
    Crontab("Delete stale invitations", "accounts.tasks.delete_stale_invitations", "40", "3", 12 * 3600),
)


def schedule_accounts(**_: Any) -> None:
    """Runs after every migration, when the schedule's own tables are there."""
    schedule_once(SCHEDULE)
