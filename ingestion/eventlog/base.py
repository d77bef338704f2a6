"""The contract of the event log. Every implementation passes one suite: tests/contract/eventlog.

An entry that was acknowledged is delivered to every group at least once; what is not committed is delivered
again. Entries with the same key stand in one partition and are delivered in the order in which they were
acknowledged; an older one comes after a newer one only where a crash or a rebalance repeats deliveries.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from msgspec import Struct

from ingestion.errors import InvalidEvent, TransientFailure

# The group whose consumers fill the raw tables. Every other group is a replay.
MAIN_GROUP = "raw-tables"
LARGEST_ENTRY = 1_000_000  # bytes, key included; what Kafka's brokers take unless told otherwise

AMPLE = 32_000_000  # bytes that one poll delivers
PIECE = 16  # records that are taken before their bytes are looked at


class Patience(NamedTuple):
    """How long, in seconds, a group waits before it gives a consumer's partitions to the others."""

    lease: float = 10.0  # after its process died
    absence: float = 300.0  # while its process lives and calls neither poll nor hold: longer than any insert


PATIENCE = Patience()


class LogFull(TransientFailure):
    """Nobody reads fast enough: the log takes no more before the groups have caught up."""


class Entry(NamedTuple):
    key: bytes
    value: bytes


class Partition(NamedTuple):
    topic: str
    number: int


class Record(Struct, frozen=True, gc=False):
    """A delivered entry. One that is none of ours comes with the bytes that it has, to be parked."""

    partition: Partition
    position: int  # grows within its partition
    logged_ms: int  # by the log's clock; 0 if that is not known
    key: bytes
    value: bytes


class Receipt(NamedTuple):
    """Stands for a record and all that was delivered before it, in one partition and under one ownership."""

    partition: Partition
    last: str  # the record, as the log itself names it
    ownership: int


class Batch(NamedTuple):
    records: list[Record]
    receipts: list[Receipt]  # one for each partition in it, covering all of its records


def stretches(records: Sequence[Record]) -> Iterator[tuple[Partition, Iterator[Record]]]:
    """Those that follow one another in one partition: a log delivers many of each at once."""
    return groupby(records, attrgetter("partition"))


def last_of_each(records: Sequence[Record]) -> dict[Partition, Record]:
    """What came last from each partition."""
    return {partition: list(some)[-1] for partition, some in stretches(records)}


# By index of the entry. TransientFailure: outcome unknown, it may stand on the log; sending it again is safe.
Failures = Mapping[int, InvalidEvent | TransientFailure]


class EventLog(ABC):
    """Safe to share between threads. Every method may raise TransientFailure and may then be repeated."""

    name: str

    @abstractmethod
    def produce(self, topic: str, entries: Sequence[Entry], timeout: float = 5.0) -> Failures:
        """Write entries and wait for their durable acknowledgement.

        What is not named in the answer is acknowledged. Blocks for `timeout` seconds at most, and tells a
        TransientFailure for each entry instead of raising it.
        """

    @abstractmethod
    def consumer(self, group: str, topics: Collection[str], start: datetime | None = None) -> "Consumer":
        """Join a group; its consumers share the partitions.

        Where the group has committed nothing yet it begins with what was logged at `start`, by default with
        the oldest entry that is kept.
        """

    @abstractmethod
    def lag(self, group: str, topics: Collection[str]) -> dict[Partition, int]:
        """Entries that the group has not committed, for each partition. Exact when nobody writes."""

    def clock_ms(self) -> int | None:
        """The clock that its entries' times come from; None if the log does not tell it."""
        return None

    @abstractmethod
    def forget_group(self, group: str) -> None:
        """Drop a group that has no consumers and all that it committed. Safe to repeat."""

    @abstractmethod
    def check(self, timeout: float = 2.0) -> None:
        """Raise TransientFailure unless the log answers."""

    @abstractmethod
    def close(self) -> None:
        """Let go of connections. What was acknowledged stays; close consumers first."""


class Consumer(ABC):
    """For one thread, which must come back to poll or hold before the group's patience ends."""

    @abstractmethod
    def poll(self, limit: int, timeout: float, size: int = AMPLE) -> Batch:
        """Deliver at most `limit` further records: as soon as there are so many, or after `timeout` seconds.

        Once their values have `size` bytes it takes no more; less than a PIECE comes on top of that.

        May deliver nothing. Partitions come and go here and in `hold`: after a rebalance or a crash records
        may repeat. Raises TransientFailure; then nothing was delivered that will not be delivered again.
        """

    @abstractmethod
    def hold(self, seconds: float) -> None:
        """Wait while a batch is held back: keep the partitions and deliver nothing."""

    @abstractmethod
    def commit(self, receipts: Sequence[Receipt]) -> set[Partition]:
        """Say that the work on these is done, for good. Only moves forward; blocks until it is durable.

        Returns the partitions that had been taken away: theirs was not committed, and their new owner has
        these records delivered again. Raises TransientFailure; may then be repeated.
        """

    @abstractmethod
    def partitions(self) -> set[Partition]:
        """What this consumer owns now."""

    @abstractmethod
    def close(self) -> None:
        """Leave the group, so that others take over at once. Commits nothing."""


def refusals(entries: Sequence[Entry]) -> dict[int, InvalidEvent]:
    """Those of them that no log takes, by index."""
    return {index: refusal for index, entry in enumerate(entries) if (refusal := too_large(entry))}


def too_large(entry: Entry) -> InvalidEvent | None:
    """Told before sending, so that every log refuses the same."""
    size = len(entry.key) + len(entry.value)
    if size <= LARGEST_ENTRY:
        return None
    return InvalidEvent("too_large", "", f"It has {size} bytes; the log takes {LARGEST_ENTRY}.")
