"""What a consumer of Kafka does with what it has fetched and not delivered yet."""

from collections.abc import Callable
from typing import Any

from confluent_kafka import TopicPartition

from ingestion.eventlog.kafka.administration import Names
from ingestion.eventlog.kafka.consuming import KafkaConsumer
from ingestion.eventlog.topics import METRIC_EVENTS

TOPIC = Names("test").full(METRIC_EVENTS)


class Message:
    def __init__(self, number: int, partition: int) -> None:
        self._partition = partition
        self._number = number

    def __len__(self) -> int:
        return len(self.value())

    def topic(self) -> str:
        return TOPIC

    def partition(self) -> int:
        return self._partition

    def offset(self) -> int:
        return self._number

    def timestamp(self) -> tuple[int, int]:
        return 1, 1_795_000_000_000

    def key(self) -> bytes:
        return b"key"

    def value(self) -> bytes:
        return b"%d" % self._number

    def error(self) -> None:
        return None


class Client:
    """Does, one after the other, what the test has planned for its calls of `consume`."""

    def __init__(self) -> None:
        self.plan: list[Callable[[], list[Message]]] = []

    def subscribe(self, _: Any, *, on_assign: Any, on_revoke: Any, on_lost: Any) -> None:
        self.gain, self.lose = on_assign, on_revoke

    def consume(self, limit: int, timeout: float) -> list[Message]:
        return self.plan.pop(0)() if self.plan else []

    def committed(self, places: list[TopicPartition], timeout: float) -> list[TopicPartition]:
        return places

    def incremental_assign(self, places: list[TopicPartition]) -> None:
        """Nothing is fetched."""

    pause = resume = incremental_assign

    def assignment(self) -> list[TopicPartition]:
        return []


def places(*partitions: int) -> list[TopicPartition]:
    return [TopicPartition(TOPIC, number) for number in partitions]


def test_what_was_fetched_of_a_partition_that_is_taken_away_meanwhile_is_not_delivered() -> None:
    client: Any = Client()
    consumer = KafkaConsumer(client, Names("test"), [METRIC_EVENTS])
    client.gain(client, places(0, 1))
    client.plan = [
        lambda: [Message(1, partition=0)],
        lambda: [Message(2, partition=1)],
        lambda: client.lose(client, places(0)) or [Message(4, partition=0), Message(3, partition=1)],
    ]
    batch = consumer.poll(10, 0.05)
    assert [record.value for record in batch.records] == [b"2", b"3"]
    assert [receipt.partition.number for receipt in batch.receipts] == [1]


def test_it_takes_no_more_once_it_has_so_many_bytes() -> None:
    client: Any = Client()
    consumer = KafkaConsumer(client, Names("test"), [METRIC_EVENTS])
    client.gain(client, places(0))
    client.plan = [lambda: [Message(number, partition=0) for number in range(10, 20)]] * 3
    assert len(consumer.poll(100, 60, size=21).records) == 20
    assert len(client.plan) == 1
