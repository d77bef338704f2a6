"""The schedule of background work, put into the database once: what operations edit there then stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask


@dataclass(frozen=True)
class Crontab:
    """A task, when it runs, and how long an unstarted run is worth starting: less than until the next."""

    name: str
    task: str
    minute: str
    hour: str
    expires_after_seconds: int


@dataclass(frozen=True)
class Interval:
    """A task that runs every few seconds, for which no crontab is fine enough."""

    name: str
    task: str
    seconds: int


def schedule_once(entries: Iterable[Crontab | Interval]) -> None:
    """Create what is missing by name and leave alone what is there."""
    for entry in entries:
        if not PeriodicTask.objects.filter(name=entry.name).exists():
            PeriodicTask.objects.create(name=entry.name, task=entry.task, **_when(entry))


def _when(entry: Crontab | Interval) -> dict[str, Any]:
    if isinstance(entry, Crontab):
        return {"crontab": _schedule_of(entry), "expire_seconds": entry.expires_after_seconds}
    every = {"every": entry.seconds, "period": IntervalSchedule.SECONDS}
    interval = IntervalSchedule.objects.filter(**every).first() or IntervalSchedule.objects.create(**every)
    return {"interval": interval, "expire_seconds": entry.seconds}


def _schedule_of(crontab: Crontab) -> CrontabSchedule:
    """Operations may have made several alike, so the first will do."""
    every_day = {"day_of_week": "*", "day_of_month": "*", "month_of_year": "*"}
    fields = {"minute": crontab.minute, "hour": crontab.hour, "timezone": "UTC", **every_day}
    return CrontabSchedule.objects.filter(**fields).first() or CrontabSchedule.objects.create(**fields)
