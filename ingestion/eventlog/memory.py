"""The event log in the memory of one process: what the tests of everything behind the log run on."""

import time
from bisect import bisect_left
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import islice
from operator import attrgetter
from threading import Condition
from zlib import crc32

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import (
    AMPLE,
    PATIENCE,
    Batch,
    Consumer,
    Entry,
    EventLog,
    Failures,
    Partition,
    Patience,
    Receipt,
    Record,
    refusals,
)
from ingestion.eventlog.topics import partition_count


class MemoryLog(EventLog):
    name = "memory"

    def __init__(self, *, partitions: int = 4, patience: Patience = PATIENCE) -> None:
        self.changed = Condition()
        self.patience = patience
        self._partitions = partitions
        self._records: dict[Partition, list[Record]] = {}
        self._groups: dict[str, _Group] = {}

    def produce(self, topic: str, entries: Sequence[Entry], timeout: float = 5.0) -> Failures:
        refused = refusals(entries)
        with self.changed:
            for index, entry in enumerate(entries):
                if index not in refused:
                    self._append(topic, entry)
            self.changed.notify_all()
        return refused

    def consumer(
        self, group: str, topics: Collection[str], start: datetime | None = None
    ) -> "MemoryConsumer":
        with self.changed:
            joined = self._groups.setdefault(group, _Group())
            consumer = MemoryConsumer(self, joined, topics, start)
            joined.members.append(consumer)
            joined.share_out()
        return consumer

    def lag(self, group: str, topics: Collection[str]) -> dict[Partition, int]:
        with self.changed:
            done = self._groups.get(group, _Group()).committed
            return {
                partition: len(self.records(partition)) - done.get(partition, 0)
                for partition in self.partitions_of(topics)
            }

    def clock_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def forget_group(self, group: str) -> None:
        with self.changed:
            if self._groups.get(group, _Group()).members:
                raise TransientFailure(f"The group {group} still has consumers.")
            self._groups.pop(group, None)

    def check(self, timeout: float = 2.0) -> None:
        """Memory is always there."""

    def close(self) -> None:
        """There is nothing to let go of."""

    def partitions_of(self, topics: Collection[str]) -> list[Partition]:
        return [
            Partition(topic, number)
            for topic in sorted(topics)
            for number in range(partition_count(topic, self._partitions))
        ]

    def records(self, partition: Partition) -> list[Record]:
        return self._records.setdefault(partition, [])

    def _append(self, topic: str, entry: Entry) -> None:
        number = crc32(entry.key) % partition_count(topic, self._partitions)
        records = self.records(Partition(topic, number))
        last = records[-1].logged_ms if records else 0
        logged_ms = max(last, self.clock_ms())
        records.append(Record(Partition(topic, number), len(records), logged_ms, *entry))


class _Group:
    """Who consumes, and how far each partition is done. Guarded by the log's condition."""

    def __init__(self) -> None:
        self.committed: dict[Partition, int] = {}
        self.members: list[MemoryConsumer] = []
        self.ownerships = 0

    def share_out(self) -> None:
        """Give every partition to one member; who keeps a partition notices nothing."""
        shared = {partition for member in self.members for partition in member.wanted()}
        for index, partition in enumerate(sorted(shared)):
            candidates = [member for member in self.members if partition in member.wanted()]
            owner = candidates[index % len(candidates)]
            for member in self.members:
                if member is owner:
                    member.gain(partition)
                else:
                    member.owned.pop(partition, None)

    def dismiss(self, member: "MemoryConsumer") -> None:
        if member in self.members:
            self.members.remove(member)
            member.owned.clear()
            self.share_out()

    def dismiss_absent(self, patience: Patience) -> None:
        now = time.monotonic()
        for member in [member for member in self.members if now - member.seen > patience.absence]:
            self.dismiss(member)


class _Owned:
    """One partition in one consumer's hands."""

    def __init__(self, ownership: int, following: int) -> None:
        self.ownership = ownership
        self.following = following


class MemoryConsumer(Consumer):
    def __init__(
        self, log: MemoryLog, group: _Group, topics: Collection[str], start: datetime | None
    ) -> None:
        self.owned: dict[Partition, _Owned] = {}
        self.seen = time.monotonic()
        self._log = log
        self._group = group
        self._topics = topics
        self._start_ms = int(start.timestamp() * 1000) if start else 0

    def poll(self, limit: int, timeout: float, size: int = AMPLE) -> Batch:
        with self._log.changed:
            self._attend()
            self._log.changed.wait_for(lambda: self._fills(limit, size), timeout)
            self._attend()
            return self._deliver(self._ready(limit, size))

    def hold(self, seconds: float) -> None:
        with self._log.changed:
            self._attend()
        time.sleep(seconds)
        with self._log.changed:
            self._attend()

    def commit(self, receipts: Sequence[Receipt]) -> set[Partition]:
        lost = set()
        with self._log.changed:
            for partition, last, ownership in receipts:
                owned = self.owned.get(partition)
                if owned is None or owned.ownership != ownership:
                    lost.add(partition)
                else:
                    done = self._group.committed
                    done[partition] = max(done.get(partition, 0), int(last) + 1)
        return lost

    def partitions(self) -> set[Partition]:
        return set(self.owned)

    def close(self) -> None:
        with self._log.changed:
            self._group.dismiss(self)
            self._log.changed.notify_all()

    def wanted(self) -> list[Partition]:
        return self._log.partitions_of(self._topics)

    def gain(self, partition: Partition) -> None:
        if partition in self.owned:
            return
        if partition not in self._group.committed:
            records = self._log.records(partition)
            first = bisect_left(records, self._start_ms, key=attrgetter("logged_ms"))
            self._group.committed[partition] = first
        self._group.ownerships += 1
        self.owned[partition] = _Owned(self._group.ownerships, self._group.committed[partition])

    def _attend(self) -> None:
        """Be seen, come back after having been dismissed, and dismiss who was not seen."""
        self.seen = time.monotonic()
        if self not in self._group.members:
            self._group.members.append(self)
            self._group.share_out()
        self._group.dismiss_absent(self._log.patience)

    def _fills(self, limit: int, size: int) -> bool:
        ready = self._ready(limit, size)
        return len(ready) >= limit or sum(len(record.value) for record in ready) >= size

    def _ready(self, limit: int, size: int) -> list[Record]:
        """What would be delivered now."""
        ready: list[Record] = []
        for partition, owned in self.owned.items():
            for record in islice(self._log.records(partition), owned.following, None):
                if len(ready) == limit or size <= 0:
                    return ready
                ready.append(record)
                size -= len(record.value)
        return ready

    def _deliver(self, records: list[Record]) -> Batch:
        last = {record.partition: str(record.position) for record in records}
        for record in records:
            self.owned[record.partition].following += 1
        return Batch(records, [Receipt(p, position, self.owned[p].ownership) for p, position in last.items()])
