"""Tells the workers that there is something to aggregate.

A nudge that is lost only delays: they look by themselves every few seconds.
"""

import logging
import time
from collections.abc import Callable

from celery import current_app
from kombu.exceptions import OperationalError

from api.cache_server import CacheServerDown, cache_server

log = logging.getLogger(__name__)

TASK = "insights.aggregate"
QUEUE = "aggregate"
LEAST_SECONDS = 1.0
AFTER_A_FAILURE = 10.0  # a broker that does not answer costs seconds each time
EXPIRES = 30  # by then the workers have looked by themselves
ASK_AGAIN_AFTER = 0.2
# Shared with insights/rollups/pace.py: the one is set there, the other one read.
AT_WORK_OR_RESTING = "ca:aggregation:rest"
STORED = "ca:aggregation:stored"  # events, by all consumers together


class Nudge:
    """At most one a second, fewer while a look is dear, and the last insert is never without one after it."""

    def __init__(self) -> None:
        self._is_due = False
        self._not_before = 0.0
        self._asks_from = 0.0

    def send_soon(self, events: int) -> None:
        """So many were stored, which is to be told: now, or once `send_if_due` is asked when it is time."""
        self._is_due = True
        self._unless_it_hangs(lambda: _add(events))
        self.send_if_due()

    def send_if_due(self) -> None:
        """Never raises for a broker that is away."""
        if not self._is_due or time.monotonic() < self._not_before:
            return
        if rest := self._rest_known():
            self._not_before = time.monotonic() + min(rest, ASK_AGAIN_AFTER)
        else:
            self.send_now()

    def send_now(self) -> None:
        """If there is anything to tell; before leaving."""
        if not self._is_due:
            return
        self._is_due = False
        self._unless_it_hangs(_note_asked)
        try:
            current_app.send_task(TASK, queue=QUEUE, expires=EXPIRES)
            pause = LEAST_SECONDS
        except OperationalError as error:
            log.warning("Nobody was told to aggregate, the sweeper will find it: %s", error)
            self._unless_it_hangs(_note_not_asked)
            pause = AFTER_A_FAILURE
        self._not_before = time.monotonic() + pause

    def _rest_known(self) -> float:
        """0 where the cache server does not say."""
        return self._unless_it_hangs(_rest) or 0.0

    def _unless_it_hangs(self, ask: Callable[[], float | None]) -> float | None:
        """A cache server that hangs costs a second a time: it is asked seldom."""
        if time.monotonic() < self._asks_from:
            return None
        try:
            return ask()
        except CacheServerDown:
            self._asks_from = time.monotonic() + AFTER_A_FAILURE
            return None


def _rest() -> float:
    """Seconds for which nobody is to be asked. Raises CacheServerDown."""
    left_ms = int(cache_server.ask("PTTL", AT_WORK_OR_RESTING))
    return max(left_ms / 1000, 0.0)


def _note_asked() -> None:
    """Until it is taken, for a queue that nobody takes from must not grow; then that says how long.

    Raises CacheServerDown.
    """
    cache_server.ask("SET", AT_WORK_OR_RESTING, 1, "EX", EXPIRES)


def _note_not_asked() -> None:
    """Raises CacheServerDown."""
    cache_server.ask("DEL", AT_WORK_OR_RESTING)


def _add(events: int) -> None:
    """Raises CacheServerDown."""
    cache_server.ask("INCRBY", STORED, events)
