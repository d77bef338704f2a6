"""Writes down how far each partition lies in the raw tables: so a figure's freshness is known."""

import logging
import time
from collections.abc import Collection, Sequence

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import MAIN_GROUP, Consumer, EventLog, Partition, Record, last_of_each
from ingestion.eventlog.topics import TOPICS
from ingestion.pipeline.rows import Columns
from ingestion.pipeline.writing import Insert, insert_rows
from runtime.telemetry.metrics import Metric, move
from warehouse.errors import WarehouseUnavailable
from warehouse.tables import LOG_PROGRESS

log = logging.getLogger(__name__)

EVERY = 1.0
# The log's clock and ours differ: of what nobody writes to we claim that much less.
CLOCK_MARGIN_MS = 500


class Progress:
    """Of the partitions that this consumer owns; each claim holds for ever."""

    def __init__(
        self,
        event_log: EventLog,
        consumer: Consumer,
        put: Insert = insert_rows,
        topics: Collection[str] = TOPICS,
    ) -> None:
        self._log = event_log
        self._consumer = consumer
        self._put = put
        self._topics = topics
        self._through: dict[Partition, int] = {}
        self._lags: dict[Partition, int] = {}
        self._not_before = 0.0

    def committed(self, records: Sequence[Record]) -> None:
        """Everything that was logged before these in their partitions lies in the raw tables, too."""
        for partition, record in last_of_each(records).items():
            self._advance(partition, record.logged_ms)

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

    def _look_at_the_log(self) -> None:
        """Where nothing is left to read everything up to the moment before the question is done."""
        asked_ms = time.time_ns() // 1_000_000
        lags = self._log.lag(MAIN_GROUP, self._topics)
        owned = self._consumer.partitions()
        for partition in self._through.keys() - owned:
            del self._through[partition]
        for partition in owned:
            if lags.get(partition, 1) <= 0:
                self._advance(partition, asked_ms - CLOCK_MARGIN_MS)
        self._show({partition: max(0, lags[partition]) for partition in owned & lags.keys()})

    def _advance(self, partition: Partition, logged_ms: int) -> None:
        self._through[partition] = max(logged_ms, self._through.get(partition, 0))

    def _tell(self) -> None:
        if not self._through:
            return
        rows = sorted(self._through.items())
        columns: Columns = {
            "log": [partition.topic for partition, _ in rows],
            "log_partition": [partition.number for partition, _ in rows],
            "through": [through for _, through in rows],
        }
        self._put(LOG_PROGRESS, columns)

    def _show(self, lags: dict[Partition, int]) -> None:
        """The gauge is summed over all processes, so whoever loses a partition takes its share back."""
        for partition in self._lags.keys() | lags.keys():
            by = lags.get(partition, 0) - self._lags.get(partition, 0)
            if by:
                move(Metric.CONSUMER_LAG, by, partition=f"{partition.topic}/{partition.number}")
        self._lags = lags
