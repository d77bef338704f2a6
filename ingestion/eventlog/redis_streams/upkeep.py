"""Keeps the log within its byte budget: deletes what nobody needs, and refuses what does not fit."""

import logging
import time
from collections.abc import Callable, Collection
from threading import Lock

from ingestion.eventlog.base import MAIN_GROUP, LogFull, Partition
from ingestion.eventlog.redis_streams.keys import Keys
from ingestion.eventlog.redis_streams.server import Server
from ingestion.eventlog.topics import is_dead_letters

log = logging.getLogger(__name__)

FULL = 0.8  # of the budget; the rest is for Celery's queues on the same server
TIGHT = 0.4  # of the budget: from here on what all groups have read goes before its retention ends
MEASURE_EVERY = 1.0
# Times as long, since the server looks at every node and serves nobody else meanwhile.
PAUSE_FOR_ONE_MEASURE, LONGEST_PAUSE = 50, 10.0
UNSEEN = 0.01  # of the budget; who has written so much since it measured measures again
TRIM_SECONDS = 2.0  # at most: who trims neither reads nor answers, and others may read on all the while
NEARLY_FULL = FULL - 2 * UNSEEN  # room is made before anything would be refused for want of it
REPLAYS_EXPIRE_AFTER = 24 * 3600
ABANDONED_AFTER = 60  # where there is no other room; whoever lives shows it every few seconds
_NEVER_MS = 2**52


class Upkeep:
    """One for each process; consumers of the main group tend the log, producers ask whether there is room."""

    def __init__(self, server: Server, keys: Keys, *, budget_bytes: int, retention_hours: float) -> None:
        self._server = server
        self._keys = keys
        self._budget = budget_bytes
        self._retention_ms = int(retention_hours * 3_600_000)
        self._measuring = Lock()
        self._not_before = 0.0
        self._used = 0
        self._written = 0  # by this process since then

    def check_room(self, server: Server, coming: int) -> None:
        """Raise LogFull past the budget, before so many bytes are written. Asks this server from one thread.

        It asks once a second, more seldom of a large log, and sooner after 1% of the budget: however fast a
        burst comes, each process passes the bound by no more than that and what its threads have under way.
        """
        if self._measuring.acquire(blocking=False):
            try:
                self._measure(server)
            finally:
                self._measuring.release()
        used = self._used + self._written
        if used >= FULL * self._budget:
            raise LogFull(
                f"The event log holds {used} bytes that are not read yet, "
                f"of {self._budget} at most: its consumers are behind.",
                retry_after=5.0,
            )
        self._written += coming

    def _measure(self, server: Server) -> None:
        began = time.monotonic()
        if began < self._not_before and self._written < UNSEEN * self._budget:
            return
        self._written = 0  # first: what is written meanwhile counts twice rather than not at all
        self._used = self.bytes_used(server)
        took = time.monotonic() - began
        if self._used >= NEARLY_FULL * self._budget:
            self._make_room(server)
        is_full = self._used >= FULL * self._budget  # consumers may have read it a moment later
        pause = MEASURE_EVERY if is_full else PAUSE_FOR_ONE_MEASURE * took
        self._not_before = time.monotonic() + min(max(pause, MEASURE_EVERY), LONGEST_PAUSE)

    def _make_room(self, server: Server) -> None:
        """Of what all have read; then also of what only a replay waits for that nobody goes on with."""
        self.trim(NEARLY_FULL)
        self._used = self.bytes_used(server)
        if self._used >= NEARLY_FULL * self._budget and self.expire_replays(ABANDONED_AFTER):
            self.trim(NEARLY_FULL)
            self._used = self.bytes_used(server)

    def bytes_used(self, server: Server | None = None) -> int:
        """Of every node: a sample would be of the oldest ones, which say nothing of the others."""
        server = server or self._server
        streams = [self._keys.stream(partition) for partition in self.partitions(server=server)]
        return sum(
            size or 0 for size in server.ask_all([("MEMORY", "USAGE", key, "SAMPLES", 0) for key in streams])
        )

    def trim(self, down_to: float = TIGHT) -> int:
        """Delete what no group needs any more, the oldest first; returns how many entries.

        That is what is past its retention and, while more of the budget is taken, what is not. What there
        was no time for comes the next time.
        """
        keep_since = self._server.clock_ms() - self._retention_ms
        until = time.monotonic() + TRIM_SECONDS
        deleted = self._trim_while(lambda: True, keep_since, until)
        return deleted + self._trim_while(
            lambda: self.bytes_used() >= down_to * self._budget, _NEVER_MS, until
        )

    def expire_replays(self, after: int = REPLAYS_EXPIRE_AFTER) -> set[str]:
        """A replay that nobody has gone on with for so many seconds holds back no trimming any longer."""
        before = self._server.clock_ms() - after * 1000
        idle = self._server.ask("ZRANGEBYSCORE", self._keys.groups, "-inf", before)
        expired = {name.decode() for name in idle} - {MAIN_GROUP}
        for group in expired:
            log.warning("The replay group %s had no consumer for %d seconds and is forgotten.", group, after)
            self.forget_group(group)
        return expired

    def forget_group(self, group: str) -> None:
        streams = [self._keys.stream(partition) for partition in self.partitions()]
        keys = (self._keys.done(group), self._keys.members(group), self._keys.groups, *streams)
        self._server.run("forget", keys, (group,))

    def partitions(
        self, topics: Collection[str] | None = None, server: Server | None = None
    ) -> list[Partition]:
        """Of these topics, or of all that were ever used."""
        known = (server or self._server).ask("HGETALL", self._keys.partitions)
        return [
            Partition(topic.decode(), number)
            for topic, count in sorted(known.items())
            for number in range(int(count))
            if topics is None or topic.decode() in topics
        ]

    def _trim_while(self, is_wanted: Callable[[], bool], keep_since: int, until: float) -> int:
        deleted = 0
        while is_wanted() and (piece := self._trim_piece(keep_since)):
            deleted += piece
            if time.monotonic() > until:
                break
        return deleted

    def _trim_piece(self, keep_since: int) -> int:
        """Of every partition so much at most that the server keeps nobody waiting."""
        return sum(self._trim(partition, keep_since) for partition in self.partitions())

    def _trim(self, partition: Partition, keep_since: int) -> int:
        needed_by = "" if is_dead_letters(partition.topic) else MAIN_GROUP
        keys = (self._keys.stream(partition), self._keys.trimmed)
        return int(self._server.run("trim", keys, (needed_by, keep_since)))
