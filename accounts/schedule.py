"""The schedule of background work, put into the database once: what operations edit there then stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask


@dataclass(frozen=True)
class Turn:
    """A task, when it runs, and how long an unstarted run is worth starting: less than until the next."""

    name: str
    task: str
    minute: str
    hour: str
    expires_after_seconds: int


@dataclass(frozen=True)
class Beat:
    """A task that runs every few seconds, for which no crontab is fine enough."""

    name: str
    task: str
    seconds: int


SCHEDULE = (
    Turn("Flush expired tokens", "accounts.tasks.flush_expired_tokens", "17", "*", 50 * 60),
    Turn("Flush expired sessions", "accounts.tasks.flush_expired_sessions", "25", "3", 12 * 3600),
    Turn("Delete stale invitations", "accounts.tasks.delete_stale_invitations", "40", "3", 12 * 3600),
)


def schedule_once(turns: Iterable[Turn | Beat]) -> None:
    """Create what is missing by name and leave alone what is there."""
    for turn in turns:
        if not PeriodicTask.objects.filter(name=turn.name).exists():
            PeriodicTask.objects.create(name=turn.name, task=turn.task, **_when(turn))


def schedule_accounts(**_: Any) -> None:
    """Runs after every migration, when the schedule's own tables are there."""
    schedule_once(SCHEDULE)


def _when(turn: Turn | Beat) -> dict[str, Any]:
    if isinstance(turn, Turn):
        return {"crontab": _crontab_of(turn), "expire_seconds": turn.expires_after_seconds}
    every = {"every": turn.seconds, "period": IntervalSchedule.SECONDS}
    interval = IntervalSchedule.objects.filter(**every).first() or IntervalSchedule.objects.create(**every)
    return {"interval": interval, "expire_seconds": turn.seconds}


def _crontab_of(turn: Turn) -> CrontabSchedule:
    """Operations may have made several alike, so the first will do."""
    every_day = {"day_of_week": "*", "day_of_month": "*", "month_of_year": "*"}
    fields = {"minute": turn.minute, "hour": turn.hour, "timezone": "UTC", **every_day}
    return CrontabSchedule.objects.filter(**fields).first() or CrontabSchedule.objects.create(**fields)
