"""A batch on its way to Kafka: what is told of each entry."""

import time

from confluent_kafka import KafkaError

from ingestion.errors import InvalidEvent, TransientFailure
from ingestion.eventlog.base import LARGEST_ENTRY, Entry
from ingestion.eventlog.kafka.producing import Delivery

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
