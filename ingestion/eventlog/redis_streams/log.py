"""The log as the rest of the product sees it."""

import logging
import time
from collections.abc import Collection, Sequence
from datetime import datetime
from zlib import crc32

from ingestion.errors import InvalidEvent, TransientFailure
from ingestion.eventlog.base import (
    PATIENCE,
    Entry,
    EventLog,
    Failures,
    Partition,
    Patience,
    refusals,
)
from ingestion.eventlog.redis_streams import packing
from ingestion.eventlog.redis_streams.consuming import RedisConsumer
from ingestion.eventlog.redis_streams.durability import durability_gaps
from ingestion.eventlog.redis_streams.keys import Keys
from ingestion.eventlog.redis_streams.server import Server
from ingestion.eventlog.redis_streams.upkeep import Upkeep
from ingestion.eventlog.topics import is_dead_letters, partition_count

log = logging.getLogger(__name__)

AT_ONCE = 1000  # entries in one round trip
ANSWER_WITHIN = 10.0


class RedisLog(EventLog):
    name = "redis"

    def __init__(
        self,
        host: str,
        port: int,
        password: str,
        *,
        prefix: str,
        partitions: int,
        budget_bytes: int,
        retention_hours: float = 168,
        patience: Patience = PATIENCE,
    ) -> None:
        """Connects on first use."""
        self._place = (host, port, password)
        self._keys = Keys(prefix)
        self._partitions = partitions
        self._patience = patience
        self._server = Server(*self._place, answer_within=ANSWER_WITHIN, tries=2)
        self._writers: dict[float, Server] = {}
        self._counts: dict[str, int] = {}
        self.upkeep = Upkeep(
            self._server, self._keys, budget_bytes=budget_bytes, retention_hours=retention_hours
        )

    def produce(self, topic: str, entries: Sequence[Entry], timeout: float = 5.0) -> Failures:
        deadline = time.monotonic() + timeout
        refused = refusals(entries)
        failures: dict[int, InvalidEvent | TransientFailure] = {**refused}
        left = [index for index in range(len(entries)) if index not in refused]
        unknown = TransientFailure("The server of the event log did not acknowledge it in time.")
        writer = self._writer(timeout)
        try:
            while left and time.monotonic() < deadline:
                chunk = {index: entries[index] for index in left[:AT_ONCE]}
                # Room comes from readers going on, and past a dead letter they cannot before it is written.
                if not is_dead_letters(topic):
                    self.upkeep.check_room(
                        writer, sum(len(key) + len(value) for key, value in chunk.values())
                    )
                failures |= self._append(writer, topic, chunk)
                del left[: len(chunk)]
        except TransientFailure as failure:
            unknown = failure
        return failures | dict.fromkeys(left, unknown)

    def consumer(self, group: str, topics: Collection[str], start: datetime | None = None) -> RedisConsumer:
        for topic in topics:
            self._count(self._server, topic)
        server = Server(*self._place, answer_within=ANSWER_WITHIN, tries=1)
        return RedisConsumer(server, self._keys, self.upkeep, group, topics, start, self._patience)

    def lag(self, group: str, topics: Collection[str]) -> dict[Partition, int]:
        partitions = [
            Partition(topic, number)
            for topic in sorted(topics)
            for number in range(self._agree(self._server, topic))
        ]
        streams = [self._keys.stream(partition) for partition in partitions]
        keys = (self._keys.done(group), self._keys.trimmed, *streams)
        found = dict(zip(partitions, self._server.run("lag", keys, (group,)), strict=True))
        for partition, (_, wrong_by) in found.items():
            if wrong_by:
                _alarm_of_deletion(partition, wrong_by)
        return {partition: left for partition, (left, _) in found.items()}

    def clock_ms(self) -> int:
        return self._server.clock_ms()

    def forget_group(self, group: str) -> None:
        alive = self.clock_ms() - self._patience.lease * 1000
        if self._server.ask("ZCOUNT", self._keys.members(group), alive, "+inf"):
            raise TransientFailure(f"The group {group} still has consumers.")
        self.upkeep.forget_group(group)

    def check(self, timeout: float = 2.0) -> None:
        self._writer(timeout).ask("PING")

    def close(self) -> None:
        for server in (self._server, *self._writers.values()):
            server.close()

    def _append(self, writer: Server, topic: str, entries: dict[int, Entry]) -> dict[int, TransientFailure]:
        """The failures by index; raises TransientFailure if none of the outcomes is known."""
        count = self._count(writer, topic)
        begins = [packing.begun(self._keys.stream(Partition(topic, number))) for number in range(count)]
        commands = [packing.finished(begins[crc32(entry.key) % count], entry) for entry in entries.values()]
        # A server that was flushed would tell nobody where there is something to read.
        known, *answers = writer.tell_all([packing.known(self._keys.partitions, topic, count), *commands])
        if isinstance(known, TransientFailure):
            raise known
        outcomes = zip(entries, answers, strict=True)
        return {index: answer for index, answer in outcomes if isinstance(answer, TransientFailure)}

    def _count(self, server: Server, topic: str) -> int:
        """How many partitions the topic had when it was first used here."""
        if topic not in self._counts:
            self._warn_of_gaps(server)
            self._counts[topic] = self._agree(server, topic)
        return self._counts[topic]

    def _agree(self, server: Server, topic: str) -> int:
        """How many partitions the topic has: never fewer than it had, or some would not be read any more.

        The server is told, if it knows of fewer: it may be new, or flushed.
        """
        configured = partition_count(topic, self._partitions)
        known = int(server.ask("HGET", self._keys.partitions, topic) or 0)
        if configured > known:
            server.ask("HSET", self._keys.partitions, topic, configured)
        return max(configured, known)

    def _warn_of_gaps(self, server: Server) -> None:
        """Once in a process: whoever runs the server must know what its settings cost."""
        if not self._counts:
            for gap in durability_gaps(server):
                log.warning("The server of the event log may lose events: %s", gap)

    def _writer(self, timeout: float) -> Server:
        """A pool for each timeout: how long an answer is waited for is a matter of the connection."""
        if timeout not in self._writers:
            self._writers[timeout] = Server(*self._place, answer_within=timeout, tries=2)
        return self._writers[timeout]


def _alarm_of_deletion(partition: Partition, entries: int) -> None:
    log.error(
        "%d entries of %s/%d that had been read were deleted, and no replay has them any more. "
        "Nothing of ours deletes entries without counting them: look for XTRIM or XDEL.",
        *(entries, *partition),
    )
