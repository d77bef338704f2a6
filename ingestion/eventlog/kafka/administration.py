"""Topics, groups and offsets as the brokers know them."""

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

from confluent_kafka import Consumer as Client
from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic

from ingestion.eventlog.base import Partition
from ingestion.eventlog.kafka.failures import transient_failures
from ingestion.eventlog.topics import partition_count

ANSWER_WITHIN = 10.0


class Names:
    """What our topics and groups are called among those of others."""

    def __init__(self, prefix: str) -> None:
        self._prefix = f"{prefix}."

    def full(self, name: str) -> str:
        return self._prefix + name

    def own(self, full: str) -> str:
        return full.removeprefix(self._prefix)

    def located(self, partition: Partition, offset: int | None = None) -> TopicPartition:
        place = TopicPartition(self.full(partition.topic), partition.number)
        if offset is not None:
            place.offset = offset
        return place


class Administration:
    """Each question blocks for ANSWER_WITHIN seconds at most and may raise TransientFailure."""

    def __init__(
        self,
        servers: Mapping[str, Any],
        names: Names,
        *,
        partitions: int,
        replication: int,
        retention_hours: int,
    ) -> None:
        self._servers = dict(servers)
        self._names = names
        self._onlookers: dict[str, Client] = {}
        self._partitions = partitions
        self._replication = replication
        self._topic_settings = {
            "retention.ms": str(retention_hours * 3_600_000),
            "min.insync.replicas": str(min(2, replication)),
            "message.timestamp.type": "LogAppendTime",  # a replay by time means the time of the log
        }

    @cached_property
    def _client(self) -> AdminClient:
        """Connects as soon as it is made."""
        return AdminClient(self._servers)

    def prepare(self, topic: str, timeout: float = ANSWER_WITHIN) -> None:
        """Give the topic as many partitions as are configured; never fewer than it has. Safe to repeat."""
        name, wanted = self._names.full(topic), partition_count(topic, self._partitions)
        with transient_failures():
            known = self._client.list_topics(name, timeout=timeout).topics[name]
            if known.error is not None or not known.partitions:
                made = self._client.create_topics(
                    [NewTopic(name, wanted, self._replication, config=self._topic_settings)],
                    operation_timeout=timeout,
                    request_timeout=timeout,
                )
                _finish(made, KafkaError.TOPIC_ALREADY_EXISTS)
            elif len(known.partitions) < wanted:
                grown = self._client.create_partitions([NewPartitions(name, wanted)], request_timeout=timeout)
                _finish(grown, KafkaError.INVALID_PARTITIONS)

    def check(self, timeout: float) -> None:
        with transient_failures():
            self._client.list_topics(timeout=timeout)

    def lag(self, group: str, topics: Collection[str]) -> dict[Partition, int]:
        partitions = [partition for topic in topics for partition in self._partitions_of(topic)]
        onlooker = self._onlooker(group)
        with transient_failures():
            committed = onlooker.committed(
                [self._names.located(partition) for partition in partitions], timeout=ANSWER_WITHIN
            )
            return {
                partition: _entries_after(place, onlooker.get_watermark_offsets(place, timeout=ANSWER_WITHIN))
                for partition, place in zip(partitions, committed, strict=True)
            }

    def forget_group(self, group: str) -> None:
        with transient_failures():
            forgotten = self._client.delete_consumer_groups(
                [self._names.full(group)], request_timeout=ANSWER_WITHIN
            )
            _finish(forgotten, KafkaError.GROUP_ID_NOT_FOUND)

    def close(self) -> None:
        for onlooker in self._onlookers.values():
            onlooker.close()
        self._onlookers.clear()

    def _partitions_of(self, topic: str) -> list[Partition]:
        name = self._names.full(topic)
        with transient_failures():
            known = self._client.list_topics(name, timeout=ANSWER_WITHIN).topics[name]
        return [Partition(topic, number) for number in sorted(known.partitions)]

    def _onlooker(self, group: str) -> Client:
        """A client that knows the group's offsets and never joins it.

        The admin client would tell them, too, but brings the process down when the group's coordinator is
        away (a segmentation fault in `list_consumer_group_offsets`, confluent-kafka 2.16.1).
        """
        if group not in self._onlookers:
            self._onlookers[group] = Client({**self._servers, "group.id": self._names.full(group)})
        return self._onlookers[group]


def _entries_after(committed: TopicPartition, kept: tuple[int, int]) -> int:
    first, following = kept
    return following - max(first, committed.offset)


def _finish(futures: Mapping[str, Any], harmless: int) -> None:
    """Wait for an answer; `harmless` is the error that means somebody has done it already."""
    for future in futures.values():
        try:
            future.result()
        except KafkaException as error:
            if error.args[0].code() != harmless:
                raise
