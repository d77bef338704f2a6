"""Writes down how far each partition lies in the raw tables: so a figure's freshness is known."""

import logging
import time
from collections.abc import Callable, Collection, Sequence

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import MAIN_GROUP, Consumer, EventLog, Partition, Record, last_of_each
from ingestion.eventlog.topics import TOPICS
from ingestion.pipeline.gaps import NOTHING_MS
from ingestion.pipeline.rows import Columns
from ingestion.pipeline.writing import FEATURE, Insert, insert_rows
from runtime.telemetry.metrics import Metric, move
from warehouse import client
from warehouse.errors import WarehouseUnavailable
from warehouse.tables import LOG_PROGRESS

log = logging.getLogger(__name__)

EVERY = 1.0
PAUSE_FOR_ONE_LOOK, LONGEST_PAUSE = 10, 5.0  # times as long, since it takes long where partitions are many
# Clocks differ, and an entry's time is taken before it can be read: of what is idle we claim that much less.
CLOCK_MARGIN_MS = 500
# An entry that is so far ahead of the clock has its time from somebody else: it says nothing.
FAR_AHEAD_MS = 60_000
# One after the other, a second apart: a broker of Kafka may know an old state of a topic for a moment.
LOOKS_UNTIL_GONE = 10


def stored_partitions() -> set[Partition]:
    """Of which anything was ever told. Raises WarehouseUnavailable."""
    rows = client.writer().rows("SELECT DISTINCT log, log_partition FROM log_progress", feature=FEATURE)
    return {Partition(*row) for row in rows}


def warehouse_ms() -> int:
    """The warehouse's clock. Raises WarehouseUnavailable."""
    sql = "SELECT toUnixTimestamp64Milli(now64(3))"
    return int(client.writer().rows(sql, feature=FEATURE)[0][0])


class Progress:
    """Of the partitions that this consumer owns; each claim holds for ever.

    And of those that nobody can own: partitions that only an earlier log had hold nothing back any more, and
    new ones hold everything back until their owner tells of them.
    """

    def __init__(
        self,
        event_log: EventLog,
        consumer: Consumer,
        put: Insert = insert_rows,
        topics: Collection[str] = TOPICS,
        stored: Callable[[], set[Partition]] = stored_partitions,
        warehouse_ms: Callable[[], int] = warehouse_ms,
    ) -> None:
        self._log = event_log
        self._consumer = consumer
        self._put = put
        self._topics = topics
        self._stored = stored
        self._warehouse_ms = warehouse_ms
        self._committed: dict[Partition, int] = {}  # when the last of them was logged; not claimed yet
        self._there: set[Partition] = set()
        self._missing: dict[Partition, int] = {}  # for how many looks
        self._gone: set[Partition] = set()
        self._new: set[Partition] = set()
        self._through: dict[Partition, int] = {}
        self._lags: dict[Partition, int] = {}
        self._not_before = 0.0

    def committed(self, records: Sequence[Record]) -> None:
        """Everything that was logged before these in their partitions lies in the raw tables, too."""
        for partition, record in last_of_each(records).items():
            self._committed[partition] = record.logged_ms

    def tell_if_due(self) -> None:
        """About once a second. Whoever is away will be told the next time."""
        now = time.monotonic()
        if now < self._not_before:
            return
        self._not_before = now + EVERY
        try:
            self._look_at_the_log()
            self._tell()
        except (TransientFailure, WarehouseUnavailable) as failure:
            log.warning("The progress could not be told: %s", failure)
            return
        pause = PAUSE_FOR_ONE_LOOK * (time.monotonic() - now)  # no event is taken meanwhile
        self._not_before = now + min(max(pause, EVERY), LONGEST_PAUSE)

    def _look_at_the_log(self) -> None:
        """Where nothing is left to read everything up to the moment before the question is done."""
        asked_ms = self._now_ms()
        lags = self._log.lag(MAIN_GROUP, self._topics)
        if lags.keys() != self._there or self._missing.keys() != self._gone:
            self._compare(set(lags))
        owned = self._consumer.partitions()
        for partition in self._through.keys() - owned - self._gone:
            del self._through[partition]
        self._claim_committed(owned, asked_ms)
        for partition in self._gone:
            self._advance(partition, asked_ms - CLOCK_MARGIN_MS)
        for partition in owned:
            if lags.get(partition, 1) <= 0:
                self._advance(partition, asked_ms - CLOCK_MARGIN_MS)
        self._show({partition: max(0, lags[partition]) for partition in owned & lags.keys()})

    def _now_ms(self) -> int:
        """The log's clock. Of one that tells none: ours or the warehouse's, whichever claims less."""
        told = self._log.clock_ms()
        return min(time.time_ns() // 1_000_000, self._warehouse_ms()) if told is None else told

    def _claim_committed(self, owned: set[Partition], now_ms: int) -> None:
        for partition in self._committed.keys() & owned:
            logged_ms = self._committed[partition]
            if logged_ms <= now_ms + FAR_AHEAD_MS:
                self._advance(partition, min(logged_ms, now_ms))
        self._committed = {}

    def _compare(self, there: set[Partition]) -> None:
        """A log has all the partitions that it ever had, so one that stays missing was another log's."""
        stored = self._stored()
        topics = {partition.topic for partition in there}
        missing = {partition for partition in stored - there if partition.topic in topics}
        self._missing = {partition: self._missing.get(partition, 0) + 1 for partition in missing}
        known = self._gone
        self._gone = {partition for partition, looks in self._missing.items() if looks >= LOOKS_UNTIL_GONE}
        self._new = there - stored
        self._there = there
        if self._gone - known:
            names = ", ".join(f"{topic}/{number}" for topic, number in sorted(self._gone))
            log.warning("The log has no %s any more: figures do not wait for them.", names)

    def _advance(self, partition: Partition, logged_ms: int) -> None:
        self._through[partition] = max(logged_ms, self._through.get(partition, 0))

    def _tell(self) -> None:
        rows = sorted((dict.fromkeys(self._new, NOTHING_MS) | self._through).items())
        if not rows:
            return
        columns: Columns = {
            "log": [partition.topic for partition, _ in rows],
            "log_partition": [partition.number for partition, _ in rows],
            "through": [through for _, through in rows],
        }
        self._put(LOG_PROGRESS, columns)
        self._new = set()

    def _show(self, lags: dict[Partition, int]) -> None:
        """The gauge is summed over all processes, so whoever loses a partition takes its share back."""
        for partition in self._lags.keys() | lags.keys():
            by = lags.get(partition, 0) - self._lags.get(partition, 0)
            if by:
                move(Metric.CONSUMER_LAG, by, partition=f"{partition.topic}/{partition.number}")
        self._lags = lags
