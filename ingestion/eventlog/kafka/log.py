"""The log as the rest of the product sees it: one producer, one administration, consumers on demand."""

import logging
import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import Any

from confluent_kafka import Consumer as Client
from confluent_kafka import KafkaError

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import PATIENCE, Entry, EventLog, Failures, Partition, Patience
from ingestion.eventlog.kafka.administration import Administration, Names
from ingestion.eventlog.kafka.consuming import KafkaConsumer, settings
from ingestion.eventlog.kafka.producing import RunningProducer
from ingestion.eventlog.kafka.repetition import Seldom

log = logging.getLogger(__name__)
log.addFilter(Seldom())


class KafkaLog(EventLog):
    name = "kafka"

    def __init__(
        self,
        servers: Mapping[str, Any],
        *,
        prefix: str,
        partitions: int,
        replication: int = 1,
        retention_hours: int = 168,
        patience: Patience = PATIENCE,
    ) -> None:
        """`servers` is what librdkafka must be told to reach the brokers. Connects on first use."""
        self._servers = {**servers, "logger": log, "error_cb": _heard, "reconnect.backoff.max.ms": 1000}
        self._names = Names(prefix)
        self._administration = Administration(
            self._servers,
            self._names,
            partitions=partitions,
            replication=replication,
            retention_hours=retention_hours,
        )
        self._patience = patience
        self._prepared: set[str] = set()
        self._opening = Lock()
        self._producer: RunningProducer | None = None

    def produce(self, topic: str, entries: Sequence[Entry], timeout: float = 5.0) -> Failures:
        deadline = time.monotonic() + timeout
        producer = self.running_producer()
        try:
            self._prepare(topic, timeout)
        except TransientFailure as failure:
            return dict.fromkeys(range(len(entries)), failure)
        return producer.produce(self._names.full(topic), entries, deadline)

    def consumer(self, group: str, topics: Collection[str], start: datetime | None = None) -> KafkaConsumer:
        for topic in topics:
            self._prepare(topic)
        client = Client(settings(self._servers, self._names.full(group), self._patience))
        return KafkaConsumer(client, self._names, topics, start)

    def lag(self, group: str, topics: Collection[str]) -> dict[Partition, int]:
        return self._administration.lag(group, topics)

    def forget_group(self, group: str) -> None:
        self._administration.forget_group(group)

    def check(self, timeout: float = 2.0) -> None:
        self._administration.check(timeout)

    def close(self) -> None:
        self._administration.close()
        with self._opening:
            if self._producer is not None:
                self._producer.close()
            self._producer = None

    def _prepare(self, topic: str, timeout: float = 10.0) -> None:
        if topic not in self._prepared:
            self._administration.prepare(topic, timeout)
            self._prepared.add(topic)

    def running_producer(self) -> RunningProducer:
        with self._opening:
            if self._producer is not None and self._producer.is_broken:
                self._producer.close()
                self._producer = None
                self._prepared.clear()
            if self._producer is None:
                self._producer = RunningProducer(self._servers)
            return self._producer


def _heard(error: KafkaError) -> None:
    """librdkafka mends its connections by itself; a person should know all the same."""
    log.warning("Kafka: %s", error.str())
