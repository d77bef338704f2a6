"""Reads one group's share of the partitions and commits what was done."""

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from confluent_kafka import OFFSET_BEGINNING, KafkaException, Message, TopicPartition
from confluent_kafka import Consumer as Client

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import (
    AMPLE,
    PIECE,
    Batch,
    Consumer,
    Partition,
    Patience,
    Receipt,
    Record,
    last_of_each,
)
from ingestion.eventlog.kafka.administration import ANSWER_WITHIN, Names
from ingestion.eventlog.kafka.failures import is_rebalancing, is_transient, transient_failures

log = logging.getLogger(__name__)

T = TypeVar("T")

COMMIT_WITHIN = 30.0
TOLD_WITHIN = 30.0
SETTINGS = {
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "auto.offset.reset": "earliest",
    "partition.assignment.strategy": "cooperative-sticky",
    "queued.max.messages.kbytes": 16_384,
    # A broker that answers each crumb at once spends a third of its time on answers.
    "fetch.min.bytes": 200_000,
    "fetch.wait.max.ms": 100,
    # What was just made is not known everywhere yet, and looked for again after five minutes by default.
    "topic.metadata.refresh.interval.ms": 5_000,
    # A full local queue is looked at again soon; the default of a second starves a fast consumer.
    "fetch.queue.backoff.ms": 20,
}


def settings(servers: Mapping[str, Any], group: str, patience: Patience) -> dict[str, Any]:
    lease = int(patience.lease * 1000)
    return {
        **servers,
        **SETTINGS,
        "group.id": group,
        "session.timeout.ms": lease,
        "heartbeat.interval.ms": lease // 4,
        "max.poll.interval.ms": max(lease, int(patience.absence * 1000)),
    }


class CannotBegin(Exception):
    """It is not known where to begin reading: the process must end and start anew."""


class KafkaConsumer(Consumer):
    def __init__(
        self, client: Client, names: Names, topics: Collection[str], start: datetime | None = None
    ) -> None:
        self._client = client
        self._names = names
        self._start_ms = int(start.timestamp() * 1000) if start else None
        self._located: dict[tuple[str | None, int | None], Partition] = {}  # what is owned
        self._ownerships: dict[Partition, int] = {}
        self._ownerships_so_far = 0
        self._committed: dict[Partition, int] = {}
        self._is_holding = False
        self._is_closing = False
        self._early: list[Message] = []
        self._starts: dict[Partition, int] = {}
        client.subscribe(
            [names.full(topic) for topic in topics],
            on_assign=self._gain,
            on_revoke=self._lose,
            on_lost=self._robbed,
        )

    def poll(self, limit: int, timeout: float, size: int = AMPLE) -> Batch:
        deadline = time.monotonic() + timeout
        self._resume()
        size -= sum(map(len, self._early))
        left = timeout
        while (room := limit - len(self._early)) > 0 and size > 0 and left >= 0:
            size -= self._fetch(min(room, PIECE), left)
            left = deadline - time.monotonic()
        self._commit_starts()
        messages, self._early = self._early[:limit], self._early[limit:]
        return self._batch(messages)

    def hold(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        self._pause()
        while (left := deadline - time.monotonic()) > 0:
            self._fetch(1, left)

    def commit(self, receipts: Sequence[Receipt]) -> set[Partition]:
        deadline = time.monotonic() + COMMIT_WITHIN
        while True:
            self._fetch(1, 0)  # hear of a rebalance before relying on what is owned
            owned = [receipt for receipt in receipts if self._still_owns(receipt)]
            if self._try_commit(owned):
                return {receipt.partition for receipt in receipts} - {receipt.partition for receipt in owned}
            if time.monotonic() > deadline:
                raise TransientFailure("Kafka: the rebalance of the group does not end.")
            self.hold(0.1)

    def partitions(self) -> set[Partition]:
        return set(self._ownerships)

    def close(self) -> None:
        self._is_closing = True
        self._client.close()

    def _fetch(self, limit: int, timeout: float) -> int:
        """Into `_early`; returns how many bytes. In here rebalances call `_gain` and `_lose`."""
        with transient_failures():
            messages = self._client.consume(limit, timeout)
        self._early += [message for message in messages if message.error() is None or _is_delivery(message)]
        return sum(map(len, messages))

    def _batch(self, messages: list[Message]) -> Batch:
        """Without what is lost: a partition may go in the very call that returns messages of it."""
        located = self._located
        records = [
            Record(
                partition,
                message.offset() or 0,
                message.timestamp()[1],
                message.key() or b"",
                message.value() or b"",
            )
            for message in messages
            if (partition := located.get((message.topic(), message.partition())))
        ]
        owned = self._ownerships
        last = last_of_each(records)
        return Batch(records, [Receipt(p, str(record.position), owned[p]) for p, record in last.items()])

    def _still_owns(self, receipt: Receipt) -> bool:
        return self._ownerships.get(receipt.partition) == receipt.ownership

    def _try_commit(self, receipts: list[Receipt]) -> bool:
        """False while the group is rebalancing: then it is not known yet what is still owned."""
        following = self._committed.copy()
        for receipt in receipts:
            offset = int(receipt.last) + 1
            following[receipt.partition] = max(offset, following.get(receipt.partition, 0))
        moved = dict(following.items() - self._committed.items())
        if moved and not self._commit(moved):
            return False
        self._committed = following
        self._starts = {p: offset for p, offset in self._starts.items() if p not in moved}
        return True

    def _commit_starts(self) -> None:
        """A group that begins in the middle is not behind with what came before."""
        if self._starts and self._commit(self._starts):
            self._starts = {}

    def _commit(self, offsets: Mapping[Partition, int]) -> bool:
        """False while the group is rebalancing."""
        if not self._client.memberid():  # out of the group, whose offsets anybody may move while it is empty
            return False
        places = [self._names.located(*where) for where in offsets.items()]
        try:
            with transient_failures():
                _raise_errors(self._client.commit(offsets=places, asynchronous=False))
        except KafkaException as error:
            if is_rebalancing(error.args[0]):
                return False
            raise
        return True

    def _gain(self, client: Client, places: list[TopicPartition]) -> None:
        """Begin where the group stands; called from within `consume`, whenever partitions are added."""
        if self._is_closing:  # nobody reads them any more
            return
        places = _until_told(lambda: self._first_places(client, places))
        client.incremental_assign(places)
        # The client still takes for paused what was paused when it was lost, and would never read it again.
        (client.pause if self._is_holding else client.resume)(places)
        for place in places:
            self._ownerships_so_far += 1
            self._ownerships[self._partition(place)] = self._ownerships_so_far

    def _first_places(self, client: Client, places: list[TopicPartition]) -> list[TopicPartition]:
        """Where the group goes on, and where it has committed nothing its start."""
        places = client.committed(places, timeout=ANSWER_WITHIN)
        for place in places:
            if place.offset >= 0:
                _alarm_of_loss(client, place)
            elif self._start_ms is None:
                place.offset = OFFSET_BEGINNING
            else:
                place.offset = _first_offset(client, place, self._start_ms)
                self._starts[self._partition(place)] = place.offset
        return places

    def _lose(self, _: Client, places: list[TopicPartition]) -> None:
        """Called from within `consume`; the client itself lets go of them afterwards."""
        for place in places:
            if partition := self._located.pop((place.topic, place.partition), None):
                self._ownerships.pop(partition, None)
                self._committed.pop(partition, None)
                self._starts.pop(partition, None)
        located = self._located
        self._early = [m for m in self._early if (m.topic(), m.partition()) in located]

    def _robbed(self, client: Client, places: list[TopicPartition]) -> None:
        """Somebody else may have them: the group did not hear of this process for too long."""
        log.warning("%d partitions were lost.", len(places))
        self._lose(client, places)

    def _pause(self) -> None:
        if not self._is_holding:
            self._is_holding = True
            self._client.pause(self._client.assignment())

    def _resume(self) -> None:
        if self._is_holding:
            self._is_holding = False
            self._client.resume(self._client.assignment())

    def _partition(self, place: TopicPartition) -> Partition:
        partition = Partition(self._names.own(place.topic), place.partition)
        self._located[place.topic, place.partition] = partition
        return partition


def _until_told(ask: Callable[[], T]) -> T:
    """Left alone, the client would begin anywhere; a new process begins where it should."""
    deadline = time.monotonic() + TOLD_WITHIN
    while True:
        try:
            return ask()
        except KafkaException as error:
            if time.monotonic() > deadline or not is_transient(error.args[0]):
                raise CannotBegin(f"Kafka does not tell where the group stands: {error}") from error
            time.sleep(0.2)


def _raise_errors(places: list[TopicPartition]) -> None:
    for place in places:
        if place.error is not None:
            raise KafkaException(place.error)


def _first_offset(client: Client, place: TopicPartition, logged_ms: int) -> int:
    """Of what was logged then or later; where nothing was, of what comes next."""
    asked = TopicPartition(place.topic, place.partition, logged_ms)
    offset = client.offsets_for_times([asked], timeout=ANSWER_WITHIN)[0].offset
    return offset if offset >= 0 else client.get_watermark_offsets(place, timeout=ANSWER_WITHIN)[1]


def _is_delivery(message: Message) -> bool:
    """False for news of the connection, which comes in between; raises what is not transient."""
    error = message.error()
    if error is None:
        return True
    if not (is_transient(error) or is_rebalancing(error)):
        raise KafkaException(error)
    log.warning("Kafka: %s", error.str())
    return False


def _alarm_of_loss(client: Client, place: TopicPartition) -> None:
    kept, _ = client.get_watermark_offsets(place, timeout=ANSWER_WITHIN)
    if place.offset < kept:
        log.error(
            "Lost: %d entries of %s/%d were deleted before the group had read them. Raise the retention.",
            *(kept - place.offset, place.topic, place.partition),
        )
