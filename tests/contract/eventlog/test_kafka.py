"""What Kafka needs beyond the contract: its topics, a retention that overtakes a group, a broken producer."""

import logging
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import MAIN_GROUP
from ingestion.eventlog.kafka.log import KafkaLog
from ingestion.eventlog.topics import METRIC_EVENTS, dead_letters_of
from tests.contract.eventlog.engines import KafkaLab
from tests.contract.eventlog.reading import at_last, consuming, entries, read, values, write


@pytest.fixture
def log(kafka_lab: KafkaLab, name: str) -> Iterator[KafkaLog]:
    opened = kafka_lab.open(name)
    yield opened
    opened.close()


def partitions(lab: KafkaLab, topic: str) -> int:
    return len(AdminClient(lab.servers()).list_topics(topic, timeout=10).topics[topic].partitions)


def settings(lab: KafkaLab, topic: str) -> dict[str, str]:
    admin = AdminClient(lab.servers())
    (answer,) = admin.describe_configs([ConfigResource(ResourceType.TOPIC, topic)]).values()
    told: dict[str, Any] = answer.result()
    return {setting: entry.value for setting, entry in told.items()}


def test_a_topic_has_as_many_partitions_as_are_configured(
    log: KafkaLog, kafka_lab: KafkaLab, name: str
) -> None:
    write(log, 1)
    assert partitions(kafka_lab, f"{name}.{METRIC_EVENTS}") == 4


def test_who_reads_notices_new_partitions_within_seconds(
    log: KafkaLog, kafka_lab: KafkaLab, name: str
) -> None:
    write(log, 1)
    with consuming(log) as consumer, closing(kafka_lab.open(name, partitions=6)) as grown:
        read(consumer, 1)
        write(grown, 1)
        at_last(lambda: consumer.poll(1, 0.2) is not None and len(consumer.partitions()) == 6)


def test_dead_letters_have_one_partition(log: KafkaLog, kafka_lab: KafkaLab, name: str) -> None:
    topic = dead_letters_of(METRIC_EVENTS)
    assert log.produce(topic, entries(1)) == {}
    assert partitions(kafka_lab, f"{name}.{topic}") == 1


@pytest.mark.parametrize(("configured", "expected"), [((6,), 6), ((6, 2), 6)])
def test_partitions_grow_with_the_configuration_and_never_shrink(
    log: KafkaLog, kafka_lab: KafkaLab, name: str, configured: tuple[int, ...], expected: int
) -> None:
    write(log, 1)
    for number in configured:
        again = kafka_lab.open(name, partitions=number)
        write(again, 1)
        again.close()
    # A busy broker tells of those that were added a moment later.
    topic = f"{name}.{METRIC_EVENTS}"
    at_last(lambda: partitions(kafka_lab, topic) >= expected)
    assert partitions(kafka_lab, topic) == expected


def test_the_log_tells_the_time_of_an_entry_and_keeps_it_for_the_retention(
    log: KafkaLog, kafka_lab: KafkaLab, name: str
) -> None:
    write(log, 1)
    told = settings(kafka_lab, f"{name}.{METRIC_EVENTS}")
    assert told["message.timestamp.type"] == "LogAppendTime"
    assert told["retention.ms"] == str(168 * 3600 * 1000)


def test_entries_that_were_deleted_unread_raise_the_alarm(
    log: KafkaLog, kafka_lab: KafkaLab, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    write(log, 10, keys=1)
    with consuming(log) as consumer:
        consumer.commit(read(consumer, 2).receipts)
    delete_before(kafka_lab, f"{name}.{METRIC_EVENTS}", offset=7)
    with caplog.at_level(logging.ERROR), consuming(log) as consumer:
        assert values(read(consumer, 3).records) == [b"7", b"8", b"9"]
    assert "Lost: 5 entries" in caplog.text


def delete_before(lab: KafkaLab, topic: str, offset: int) -> None:
    """As the retention does; of the only partition that holds so many."""
    admin = AdminClient(lab.servers())
    for number in range(4):
        answers = admin.delete_records([TopicPartition(topic, number, offset)])
        for answer in answers.values():
            answer.exception()


def test_a_producer_that_is_broken_for_good_is_replaced(log: KafkaLog) -> None:
    write(log, 1)
    broken = log.running_producer()
    broken.is_broken = True
    write(log, 1, first=1)
    assert log.running_producer() is not broken
    with consuming(log, MAIN_GROUP) as consumer:
        assert sorted(values(read(consumer, 2).records)) == [b"0", b"1"]


def test_a_topic_that_somebody_deleted_is_made_anew_for_whoever_sends_again(
    log: KafkaLog, kafka_lab: KafkaLab, name: str
) -> None:
    write(log, 1)
    delete(kafka_lab, f"{name}.{METRIC_EVENTS}")

    def is_taken() -> bool:
        failures = log.produce(METRIC_EVENTS, entries(1, first=1))
        assert all(isinstance(failure, TransientFailure) for failure in failures.values())
        return not failures

    at_last(is_taken)
    with consuming(log) as consumer:
        assert set(values(read(consumer, 1).records)) == {b"1"}


def delete(lab: KafkaLab, topic: str) -> None:
    admin = AdminClient(lab.servers())
    (answer,) = admin.delete_topics([topic]).values()
    answer.result()
    at_last(lambda: topic not in admin.list_topics(timeout=10).topics)


def test_fewer_brokers_than_copies_are_an_outage_and_no_mistake_of_the_sender(
    kafka_lab: KafkaLab, name: str
) -> None:
    """So a broker says, too, that has come back and is not in service yet."""
    with closing(KafkaLog(kafka_lab.servers(), prefix=name, partitions=1, replication=2)) as log:
        failures = log.produce(METRIC_EVENTS, entries(2))
    assert [type(failure) for failure in failures.values()] == [TransientFailure] * 2


def test_more_than_the_local_queue_holds_is_sent_all_the_same(log: KafkaLog) -> None:
    many = entries(120_000)
    assert log.produce(METRIC_EVENTS, many, timeout=60) == {}
    assert sum(log.lag(MAIN_GROUP, [METRIC_EVENTS]).values()) == 120_000
