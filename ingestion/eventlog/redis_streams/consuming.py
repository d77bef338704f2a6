"""Reads the leased streams and commits what was done."""

import logging
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import (
    AMPLE,
    MAIN_GROUP,
    PIECE,
    Batch,
    Consumer,
    Partition,
    Patience,
    Receipt,
    Record,
)
from ingestion.eventlog.redis_streams.keys import Keys
from ingestion.eventlog.redis_streams.leases import BEGINNING, NEW, Leases, alarm_of_loss
from ingestion.eventlog.redis_streams.server import Server
from ingestion.eventlog.redis_streams.upkeep import Upkeep

log = logging.getLogger(__name__)

AT_ONCE = 1000  # entries of one stream in one script: the server serves nobody else meanwhile
LONGEST_WAIT = 1.0
UPKEEP_EVERY = 10.0
NUMBER_BITS = 20  # of a position; a million entries in a millisecond of one stream are out of reach
LAST_NUMBER = (1 << NUMBER_BITS) - 1
LAST_MS = (1 << 63 - NUMBER_BITS) - 1  # in the year 2248; a position has 63 bits


class RedisConsumer(Consumer):
    def __init__(
        self,
        server: Server,
        keys: Keys,
        upkeep: Upkeep,
        group: str,
        topics: Collection[str],
        start: datetime | None,
        patience: Patience,
    ) -> None:
        self._server = server
        self._keys = keys
        self._upkeep = upkeep
        self._group = group
        self._turn = 0
        self._tended = 0.0
        self._astray: set[Partition] = set()
        start_ms = int(start.timestamp() * 1000) if start else None
        self._leases = Leases(server, keys, group, lambda: upkeep.partitions(topics), start_ms, patience)

    def poll(self, limit: int, timeout: float, size: int = AMPLE) -> Batch:
        deadline = time.monotonic() + timeout
        reading = _Reading()
        try:
            while True:
                self._attend()
                found = self._read(reading, limit - len(reading.records), size - reading.size)
                left = deadline - time.monotonic()
                if len(reading.records) >= limit or reading.size >= size or left <= 0:
                    break
                if not found:
                    self._wait(min(left, LONGEST_WAIT))
        except TransientFailure:
            if not reading.records:
                raise
        return reading.batch(self._leases)

    def hold(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            with suppress(TransientFailure):
                self._attend()
            time.sleep(min(left, LONGEST_WAIT))

    def commit(self, receipts: Sequence[Receipt]) -> set[Partition]:
        lost = set()
        newest = {receipt.partition: receipt for receipt in receipts}
        for receipt in newest.values():
            if not self._commit(receipt):
                lost.add(receipt.partition)
        return lost

    def partitions(self) -> set[Partition]:
        return set(self._leases.owned)

    def close(self) -> None:
        self._leases.close()
        self._server.close()

    def _attend(self) -> None:
        self._leases.balance()
        now = time.monotonic()
        if self._group == MAIN_GROUP and now - self._tended >= UPKEEP_EVERY:
            self._tended = now
            self._upkeep.trim()
            self._upkeep.expire_replays()

    def _read(self, reading: "_Reading", room: int, size: int) -> bool:
        """Take what is there now; False if there was nothing."""
        partitions = self._next_in_turn(room)
        if not partitions:
            return False
        owned = [self._leases.owned[partition] for partition in partitions]
        keys = [self._keys.lease(self._group, partition) for partition in partitions]
        keys += [self._keys.stream(partition) for partition in partitions]
        of_each = max(1, min(AT_ONCE, room // len(partitions)))
        marks = [mark for one in owned for mark in (one.token, one.after)]
        bounds = of_each, PIECE, size
        try:
            answers = self._server.run("read", keys, (self._group, self._leases.consumer, *bounds, *marks))
            found = [self._take(reading, *answer) for answer in zip(partitions, answers, strict=True)]
        except TransientFailure:
            # The server may have delivered what was not taken: ask for it again.
            for one in owned:
                one.after = one.delivered or BEGINNING
            raise
        return any(found)

    def _next_in_turn(self, room: int) -> list[Partition]:
        """All that may be read, or as many as there is room for; each comes first in its turn."""
        partitions = self._leases.readable()
        if not partitions:
            return []
        step = room if room < len(partitions) else 1
        self._turn = (self._turn + step) % len(partitions)
        return [*partitions[self._turn :], *partitions[: self._turn]][:room]

    def _take(self, reading: "_Reading", partition: Partition, entries: list[Any] | int | None) -> bool:
        if isinstance(entries, int):  # the bytes before it were enough
            return False
        if entries is None:
            self._leases.lose(partition)
            return True
        owned = self._leases.owned[partition]
        if not entries:
            was_undone, owned.after = owned.after != NEW, NEW
            owned.last_seen = max(owned.last_seen, owned.delivered or BEGINNING, key=_order)
            return was_undone
        if deleted := [entry_id for entry_id, fields in entries if fields is None]:
            self._write_off(partition, deleted)
        last = entries[-1][0].decode()
        if owned.after == NEW:
            owned.last_seen = last
        else:
            owned.after = last
        reading.add(partition, owned.ownership, entries)
        owned.delivered = last
        if partition not in self._astray and _order(last)[0] > LAST_MS:
            self._astray.add(partition)
            _alarm_of_id(partition, last)
        return True

    def _write_off(self, partition: Partition, ids: list[bytes]) -> None:
        """Entries that were deleted while they were pending would come back as nil for ever."""
        self._server.ask("XACK", self._keys.stream(partition), self._group, *ids)
        alarm_of_loss(partition, len(ids))

    def _wait(self, seconds: float) -> None:
        """Sleep until something new is written to a stream of ours, for `seconds` at most."""
        ours = [(partition, self._leases.owned[partition]) for partition in self._leases.readable()]
        if not ours:
            time.sleep(min(seconds, 0.1))
            return
        after = {self._keys.stream(partition): owned.last_seen for partition, owned in ours}
        self._server.wait_for_entries(after, max(1, int(seconds * 1000)))

    def _commit(self, receipt: Receipt) -> bool:
        partition, last, ownership = receipt
        if not self._leases.owns(partition, ownership):
            return False
        owned = self._leases.owned[partition]
        keys = (
            self._keys.lease(self._group, partition),
            self._keys.stream(partition),
            self._keys.done(self._group),
        )
        if not self._server.run("commit", keys, (owned.token, self._group, last)):
            self._leases.lose(partition)
            return False
        owned.committed = last
        return True


class _Reading:
    """A batch in the making."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.size = 0
        self._receipts: dict[Partition, Receipt] = {}

    def add(self, partition: Partition, ownership: int, entries: list[Any]) -> None:
        """But those that are not there any more."""
        there = [entry for entry in entries if entry[1] is not None]
        if there:
            records = [_record(partition, *entry) for entry in there]
            self.records += records
            self.size += sum(len(record.value) for record in records)
            self._receipts[partition] = Receipt(partition, there[-1][0].decode(), ownership)

    def batch(self, leases: Leases) -> Batch:
        """Without what was lost to another consumer meanwhile: its owner has it delivered."""
        lost = {p for p, receipt in self._receipts.items() if not leases.owns(p, receipt.ownership)}
        records = (
            [record for record in self.records if record.partition not in lost] if lost else self.records
        )
        return Batch(records, [receipt for p, receipt in self._receipts.items() if p not in lost])


def _order(entry_id: str) -> tuple[int, int]:
    milliseconds, _, number = entry_id.partition("-")
    return int(milliseconds), int(number)


def _record(partition: Partition, entry_id: bytes, fields: list[bytes]) -> Record:
    milliseconds, number = _order(entry_id.decode())
    position = (min(milliseconds, LAST_MS) << NUMBER_BITS) + min(number, LAST_NUMBER)
    logged_ms = milliseconds if milliseconds <= LAST_MS else 0
    match fields:
        case [b"k", key, b"v", value]:
            return Record(partition, position, logged_ms, key, value)
    texts = [field.decode(errors="backslashreplace") for field in fields]
    return Record(partition, position, logged_ms, b"", msgspec.json.encode(texts))


def _alarm_of_id(partition: Partition, entry_id: str) -> None:
    log.error(
        "Somebody wrote to %s/%d under an id of their own, from where its entries are numbered on (%s): "
        "when they were logged is not known any more. Let nobody but the product write there.",
        *(*partition, entry_id),
    )
