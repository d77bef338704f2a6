"""Sends entries and learns of each one whether the brokers keep it."""

import logging
import time
from collections.abc import Mapping, Sequence
from functools import partial
from threading import Event, Thread
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from ingestion.errors import InvalidEvent, TransientFailure
from ingestion.eventlog.base import Entry, Failures, refusals

log = logging.getLogger(__name__)

SETTINGS = {
    "acks": "all",
    "enable.idempotence": True,
    "linger.ms": 2,
    "compression.type": "lz4",
    # What nobody waits for any more is given up soon: its sender was told that the outcome is unknown.
    "message.timeout.ms": 30_000,
    "queue.buffering.max.kbytes": 65_536,
    "message.max.bytes": 1_048_588,  # what a broker takes: an entry of the largest size with its frame
}

# Another producer, and topics that are made anew where they are gone, are of use.
_OUTLIVED = {KafkaError._FATAL, KafkaError._UNKNOWN_TOPIC, KafkaError._UNKNOWN_PARTITION}

Message = dict[str, Any]  # as `produce_batch` takes it
_ERROR = "_error"  # what it adds to a message that it did not take


class RunningProducer:
    """A producer and the thread that hears of its acknowledgements. Shared by threads, not by processes."""

    def __init__(self, servers: Mapping[str, Any]) -> None:
        # One that lost count, or whose topic somebody deleted, must be replaced.
        self.is_broken = False
        self._producer: Any = Producer({**servers, **SETTINGS})
        self._closed = False
        self._hearing = Thread(target=self._hear, name="kafka-acknowledgements", daemon=True)
        self._hearing.start()

    def produce(self, topic: str, entries: Sequence[Entry], deadline: float) -> Failures:
        delivery = Delivery(entries)
        self._send(topic, self._messages(entries, delivery), deadline)
        delivery.wait(deadline)
        return delivery.failures()

    def close(self) -> None:
        """Abandons what is under way: whoever sent it has been told."""
        self._closed = True
        self._hearing.join()
        self._producer.purge()

    def _hear(self) -> None:
        while not self._closed:
            try:
                self._producer.poll(0.1)
            except KafkaException:  # fatal: no delivery report says so
                log.exception("Kafka: this producer takes nothing any more.")
                self.is_broken = True

    def _messages(self, entries: Sequence[Entry], delivery: "Delivery") -> list[Message]:
        return [
            {
                "key": entries[index].key,
                "value": entries[index].value,
                "callback": partial(delivery.tell, index),
            }
            for index in delivery.expected
        ]

    def _send(self, topic: str, messages: list[Message], deadline: float) -> None:
        """Hand them over, waiting while the local queue is full; what finds no room in time is not sent."""
        left = messages
        while left:
            self._producer.produce_batch(topic, left)
            left = self._not_taken(left)
            if not left or time.monotonic() > deadline:
                return
            time.sleep(0.005)

    def _not_taken(self, messages: list[Message]) -> list[Message]:
        """Those that found no room. Raises what nothing would mend."""
        left: list[Message] = []
        for message in messages:
            error = message.pop(_ERROR, None)
            if error is None:
                continue
            if error.code() in _OUTLIVED:
                self.is_broken = True
                message["callback"](error)  # nobody else will tell
            elif error.code() == KafkaError._QUEUE_FULL:
                left.append(message)
            else:
                raise KafkaException(error)
        return left


class Delivery:
    """One call's entries and what became of them. Told by the hearing thread, read by the sending one."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._told: dict[int, InvalidEvent | TransientFailure] = {**refusals(entries)}
        self.expected = [index for index in range(len(entries)) if index not in self._told]
        self._unheard = set(self.expected)
        self._all_heard = Event()
        if not self._unheard:
            self._all_heard.set()

    def tell(self, index: int, error: KafkaError | None, _: object = None) -> None:
        if error is not None:
            self._told[index] = TransientFailure(f"Kafka did not take it: {error.str()}")
        self._unheard.discard(index)
        if not self._unheard:
            self._all_heard.set()

    def wait(self, deadline: float) -> None:
        self._all_heard.wait(max(0.0, deadline - time.monotonic()))

    def failures(self) -> Failures:
        """What is not heard of by now is not acknowledged, even if it is heard of later."""
        unknown = TransientFailure("Kafka did not acknowledge it in time.")
        return {**dict.fromkeys(self._unheard.copy(), unknown), **self._told}
