"""A batch on its way to Kafka: what is told of each entry."""

import time
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from ingestion.errors import InvalidEvent, TransientFailure
from ingestion.eventlog.base import LARGEST_ENTRY, Entry
from ingestion.eventlog.kafka import producing as producing_module
from ingestion.eventlog.kafka.producing import Delivery, RunningProducer

SMALL, LARGE = Entry(b"k", b"v"), Entry(b"k", bytes(LARGEST_ENTRY))


def test_what_is_acknowledged_has_not_failed() -> None:
    delivery = Delivery([SMALL, SMALL])
    delivery.tell(0, None)
    delivery.tell(1, None)
    assert delivery.failures() == {}


def test_each_entry_has_its_own_outcome() -> None:
    delivery = Delivery([SMALL, LARGE, SMALL, SMALL])
    delivery.tell(0, None)
    delivery.tell(2, KafkaError(KafkaError._MSG_TIMED_OUT))

    failures = delivery.failures()

    assert sorted(failures) == [1, 2, 3]
    assert isinstance(failures[1], InvalidEvent)
    assert isinstance(failures[2], TransientFailure)
    assert "in time" in str(failures[3])


def test_waiting_ends_with_the_last_acknowledgement() -> None:
    delivery = Delivery([SMALL])
    delivery.tell(0, None)
    delivery.wait(time.monotonic() + 60)
    assert delivery.failures() == {}


def test_waiting_ends_at_the_deadline() -> None:
    delivery = Delivery([SMALL])
    delivery.wait(time.monotonic() + 0.01)
    assert list(delivery.failures()) == [0]


def test_what_can_never_be_sent_is_not_waited_for() -> None:
    delivery = Delivery([LARGE])
    delivery.wait(time.monotonic() + 60)
    assert list(delivery.failures()) == [0]


class Client:
    """Refuses all but the first of what it is given, as often as the test has planned."""

    def __init__(self, *refusals: int) -> None:
        self.taken: list[bytes] = []
        self._refusals = list(refusals)

    def produce_batch(self, _: str, messages: list[dict[str, Any]]) -> None:
        refused = messages[1:] if self._refusals else []
        for message in refused:
            message["_error"] = KafkaError(self._refusals[0])
        del self._refusals[:1]
        for message in messages[: len(messages) - len(refused)]:
            self.taken.append(message["value"])
            message["callback"](None, object())


def producing(*refusals: int) -> tuple[RunningProducer, Client]:
    client = Client(*refusals)
    producer = RunningProducer({})
    producer.close()  # without a broker nothing is acknowledged
    producer._producer = client
    return producer, client


def test_what_finds_no_room_is_handed_over_again_and_nothing_twice() -> None:
    producer, client = producing(KafkaError._QUEUE_FULL, KafkaError._QUEUE_FULL)
    three = [Entry(b"k", value) for value in (b"1", b"2", b"3")]
    assert producer.produce("topic", three, time.monotonic() + 60) == {}
    assert client.taken == [b"1", b"2", b"3"]
    assert not producer.is_broken


def test_what_finds_no_room_in_time_is_not_acknowledged() -> None:
    producer, _ = producing(KafkaError._QUEUE_FULL)
    failures = producer.produce("topic", [SMALL, SMALL], time.monotonic() - 1)
    assert isinstance(failures[1], TransientFailure)


class Fatal:
    """Fails once for good, and tells what was under way all the same."""

    def __init__(self) -> None:
        self.polled: list[float] = []

    def poll(self, seconds: float) -> None:
        self.polled.append(seconds)
        if len(self.polled) == 1:
            raise KafkaException(KafkaError(KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER, fatal=True))
        time.sleep(0.01)

    def purge(self) -> None:
        """Nothing is under way."""


def test_after_a_fatal_failure_reports_are_heard_and_the_producer_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = Fatal()
    monkeypatch.setattr(producing_module, "Producer", lambda _: client)
    producer = RunningProducer({})
    deadline = time.monotonic() + 60
    while len(client.polled) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    producer.close()
    assert producer.is_broken
    assert len(client.polled) >= 3


def test_a_producer_that_takes_nothing_any_more_is_broken() -> None:
    producer, _ = producing(KafkaError._FATAL)
    began = time.monotonic()
    failures = producer.produce("topic", [SMALL, SMALL], began + 60)
    assert list(failures) == [1]
    assert producer.is_broken
    assert time.monotonic() < began + 30, "nobody waits for what was not sent"


def test_what_nothing_mends_is_raised() -> None:
    producer, _ = producing(KafkaError._INVALID_ARG)
    with pytest.raises(KafkaException):
        producer.produce("topic", [SMALL, SMALL], time.monotonic() + 60)
