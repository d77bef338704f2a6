"""Stops the consumers when too much of what they read is dead: then it is not the data that is wrong."""

import logging
import time
from collections import Counter, deque
from collections.abc import Sequence

from django.utils import timezone

from ingestion.dead_letters.models import ConsumerStop
from ingestion.dead_letters.parking import Dead
from ingestion.dead_letters.postgres import needs_postgres
from ingestion.errors import TransientFailure
from ingestion.eventlog.base import MAIN_GROUP
from runtime.config import configuration
from runtime.options import DeadLetters
from runtime.restarts import CONSUMER, ask_for_restart

log = logging.getLogger(__name__)

LOOK_EVERY = 3.0
AFTER_A_FAILURE = 30.0  # a Postgres that does not answer costs seconds each time


class Recent:
    """What one consumer read last, and how much of it was dead. Starts empty with its process."""

    def __init__(self, limits: DeadLetters | None = None) -> None:
        self.limits = limits or configuration().dead_letters
        self.events = 0
        self.codes: Counter[str] = Counter()
        self._batches: deque[tuple[int, Counter[str]]] = deque()

    @property
    def dead(self) -> int:
        return self.codes.total()

    @property
    def too_many(self) -> bool:
        limits = self.limits
        return self.dead >= limits.stop_least and self.dead * 100 > self.events * limits.stop_percent

    def note(self, events: int, dead: Sequence[Dead]) -> None:
        """A batch of so many events, the dead ones among them; forgets what lies before the window."""
        codes = Counter(one.code for one in dead)
        self._batches.append((events, codes))
        self.events += events
        self.codes += codes
        while self.events - self._batches[0][0] >= self.limits.stop_window:
            gone, gone_codes = self._batches.popleft()
            self.events -= gone
            self.codes -= gone_codes


class Lookout:
    """Looks now and then whether another consumer of the group has met too many: then all of them stop."""

    def __init__(self, group: str = MAIN_GROUP) -> None:
        self._group = group
        self._not_before = time.monotonic() + LOOK_EVERY

    def stop_if_due(self) -> ConsumerStop | None:
        """Asks every few seconds. A Postgres that is away stops nobody: the work goes on without news."""
        if time.monotonic() < self._not_before:
            return None
        pause = LOOK_EVERY
        try:
            return standing_stop(self._group)
        except TransientFailure as failure:
            log.warning("Nobody knows whether the consumers shall stop: %s", failure)
            pause = AFTER_A_FAILURE
            return None
        finally:
            self._not_before = time.monotonic() + pause


def stop_if_too_many(recent: Recent, group: str = MAIN_GROUP) -> ConsumerStop | None:
    """The stop that stands from now on, if this consumer has met too many; ask once a batch is noted.

    Whoever gets one prints `stop_message` and ends with `runtime.restarts.NEEDS_A_PERSON`. Raises
    TransientFailure and may be repeated.
    """
    return _stop(recent, group) if recent.too_many else None


def standing_stop(group: str = MAIN_GROUP) -> ConsumerStop | None:
    """What keeps this group's consumers from working, if anything. Raises TransientFailure."""
    with needs_postgres():
        return ConsumerStop.objects.filter(group=group, acknowledged_at=None).first()


def stop_message(stop: ConsumerStop) -> str:
    """One line for whoever finds the consumer down."""
    page = f"/admin/ingestion/consumerstop/{stop.pk}/change/"
    return (
        f"The consumers of {stop.group} stand still: {stop.why} Look at the dead letters in the admin, then "
        f"acknowledge the stop at {page} or by `manage.py consumer_stop --acknowledge`."
    )


def stop_acknowledge(*, stop: ConsumerStop, by: str) -> bool:
    """Let the consumers work again; False if somebody did so before. A supervisor starts them at once."""
    done = _acknowledge(stop, by)
    ask_for_restart(configuration().data_dir, CONSUMER)
    return done


def _stop(recent: Recent, group: str) -> ConsumerStop | None:
    codes = dict(recent.codes.most_common())
    stop = ConsumerStop(group=group, events=recent.events, dead=recent.dead, codes=codes, why=_why(recent))
    with needs_postgres():
        ConsumerStop.objects.bulk_create([stop], ignore_conflicts=True)
    return standing_stop(group)


def _why(recent: Recent) -> str:
    codes = ", ".join(f"{code} {number:,}" for code, number in recent.codes.most_common(5))
    limit = recent.limits.stop_percent
    return f"{recent.dead:,} of the last {recent.events:,} events were dead, more than {limit}% ({codes})."


def _acknowledge(stop: ConsumerStop, by: str) -> bool:
    with needs_postgres():
        standing = ConsumerStop.objects.filter(pk=stop.pk, acknowledged_at=None).first()
        if standing is None:
            return False
        standing.acknowledged_at, standing.acknowledged_by = timezone.now(), by
        standing.save(update_fields=["acknowledged_at", "acknowledged_by"])
        return True
