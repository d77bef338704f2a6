"""Which streams a consumer owns: a fair share, taken when free, renewed, given up when others come.

Whoever holds the lease of a stream owns it: every script that reads or commits looks at it first, so that a
consumer that slept past its lease can neither take entries from the new owner nor commit in its place.
"""

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, Thread

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import Partition, Patience
from ingestion.eventlog.redis_streams.keys import Keys
from ingestion.eventlog.redis_streams.server import Server

log = logging.getLogger(__name__)

BALANCE_EVERY = 1.0
NEW = ">"
BEGINNING = "0-0"


class Owned:
    """One leased stream, and how far its owner has come in it."""

    def __init__(self, token: str, ownership: int, last_delivered: str) -> None:
        self.token = token
        self.ownership = ownership
        self.after = BEGINNING  # first what the owner before left undone, then what is NEW
        self.last_seen = last_delivered
        self.delivered = ""
        self.committed = ""
        self.leaving_since: float | None = None

    def may_go(self, patience: float) -> bool:
        """Nothing of it is under way, or what is has been waited for long enough."""
        if self.leaving_since is None:
            return False
        return self.delivered == self.committed or time.monotonic() - self.leaving_since > patience


class Leases:
    """For one consumer's thread; a second thread renews as long as the first one keeps coming back."""

    def __init__(
        self,
        server: Server,
        keys: Keys,
        group: str,
        partitions: Callable[[], Sequence[Partition]],
        start_ms: int | None,
        patience: Patience,
    ) -> None:
        self.consumer = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self.owned: dict[Partition, Owned] = {}
        self._server = server
        self._keys = keys
        self._group = group
        self._all_partitions = partitions
        self._start = "" if start_ms is None else start_ms
        self._patience = patience
        self._ownerships = 0
        self._seen = self._balanced = 0.0
        self._closed = Event()
        self._renewing = Thread(target=self._renew, name="redis-leases", daemon=True)
        self._renewing.start()

    def balance(self) -> None:
        """Be seen; every second take and give back what makes the shares fair. May raise TransientFailure."""
        self._seen = time.monotonic()
        if self._seen - self._balanced < min(BALANCE_EVERY, self._patience.lease / 5):
            return
        members = self._attend()
        partitions = self._all_partitions()
        share = share_of(self.consumer, members, len(partitions))
        self._leave(share)
        self._take(partitions, share, members.index(self.consumer))
        self._balanced = time.monotonic()

    def readable(self) -> list[Partition]:
        return [partition for partition, owned in self.owned.items() if owned.leaving_since is None]

    def owns(self, partition: Partition, ownership: int) -> bool:
        owned = self.owned.get(partition)
        return owned is not None and owned.ownership == ownership

    def lose(self, partition: Partition) -> None:
        """Somebody else has it: the lease lapsed while this process was away."""
        log.warning("The lease of %s/%d was lost.", *partition)
        del self.owned[partition]

    def close(self) -> None:
        """Give everything back at once. A server that is away lets the leases lapse by itself."""
        self._closed.set()
        self._renewing.join()
        with suppress(TransientFailure):
            for partition in list(self.owned):
                self._release(partition)
            self._server.ask("ZREM", self._keys.members(self._group), self.consumer)

    def _attend(self) -> list[str]:
        """Renew, and learn who is there."""
        held = list(self.owned.items())
        leases = [self._keys.lease(self._group, partition) for partition, _ in held]
        members = self._server.run(
            "attend",
            (self._keys.members(self._group), self._keys.groups, *leases),
            (self.consumer, self._group, self._lease_ms, *(owned.token for _, owned in held)),
        )
        return [name.decode() for name in members]

    def _renew(self) -> None:
        while not self._closed.wait(self._patience.lease / 4):
            if time.monotonic() - self._seen < self._patience.absence:
                with suppress(TransientFailure):
                    self._attend()

    def _leave(self, share: int) -> None:
        """Stop reading what is too much; give it back once nothing of it is under way."""
        for partition in self.readable()[share:]:
            self.owned[partition].leaving_since = time.monotonic()
        for partition, owned in list(self.owned.items()):
            if owned.may_go(self._patience.lease):
                self._release(partition)

    def _take(self, partitions: Sequence[Partition], share: int, rank: int) -> None:
        """Keep what was to be given back, then try what is free, each member from another end."""
        for owned in self.owned.values():
            if owned.leaving_since is not None and len(self.readable()) < share:
                owned.leaving_since = None
        first = rank * share
        for partition in [*partitions[first:], *partitions[:first]]:
            if partition not in self.owned and len(self.owned) < share:
                self._acquire(partition)

    def _acquire(self, partition: Partition) -> None:
        self._ownerships += 1
        token = f"{self.consumer}/{self._ownerships}"
        keys = (
            self._keys.lease(self._group, partition),
            self._keys.stream(partition),
            self._keys.done(self._group),
            self._keys.trimmed,
        )
        arguments = (token, self._lease_ms, self._group, self.consumer, self._start)
        answer = self._server.run("acquire", keys, arguments)
        if answer is None:
            return
        last_delivered, deleted = answer
        self.owned[partition] = Owned(token, self._ownerships, last_delivered.decode())
        if deleted:
            alarm_of_loss(partition, deleted)

    def _release(self, partition: Partition) -> None:
        owned = self.owned.pop(partition)
        self._server.run("release", (self._keys.lease(self._group, partition),), (owned.token,))

    @property
    def _lease_ms(self) -> int:
        return int(self._patience.lease * 1000)


def share_of(consumer: str, members: Sequence[str], partitions: int) -> int:
    """How many partitions a member is due; the shares of all members add up to all partitions."""
    least, more = divmod(partitions, len(members))
    return least + (sorted(members).index(consumer) < more)


def alarm_of_loss(partition: Partition, entries: int) -> None:
    log.error(
        "Lost: %d entries of %s/%d were deleted before the group was done with them. "
        "Nothing of ours deletes such entries: look for XTRIM, XDEL or evictions.",
        *(entries, *partition),
    )
