"""Sends at a rate, from several threads, until enough was sent or the time is over."""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import NamedTuple

from ingestion.errors import InvalidEvent, TransientFailure
from ingestion.eventlog.base import Entry
from ingestion.sources.simulated.door import MOST_AT_ONCE, Answer, Door, deliver
from ingestion.sources.simulated.ledger import Ledger
from ingestion.sources.simulated.mixing import Batch, Mixer, PastTheDoor

_BATCHES_A_SECOND = 4
_QUICKEST = MOST_AT_ONCE  # events in a batch where no rate is asked for
_WAIT = 1.0

Produce = Callable[[str, Sequence[Entry]], Mapping[int, InvalidEvent | TransientFailure]]


class Pace(NamedTuple):
    """When is enough, and how quickly. Zero is without a limit."""

    rate: float = 0.0
    events: int = 0
    seconds: float = 0.0
    batch: int = 0

    def of_one(self, senders: int) -> "Pace":
        """One sender's part of it; all parts together are at least as many events."""
        return self._replace(rate=self.rate / senders, events=-(-self.events // senders))

    def batch_size(self) -> int:
        if self.batch:
            return self.batch
        wanted = round(self.rate / _BATCHES_A_SECOND) if self.rate else _QUICKEST
        return min(max(wanted, 1), MOST_AT_ONCE)


class Load:
    """One run of senders; `stop` ends it early, each batch that was begun is told in the ledger."""

    def __init__(self, ledger: Ledger, pace: Pace, produce: Produce | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self.events = pace.events
        self.stop = threading.Event()
        self._ledger = ledger
        self._pace = pace
        self._produce = produce
        self._lock = threading.Lock()

    def run(self, senders: Sequence[tuple[Door, Mixer]]) -> None:
        """Blocks. Raises what the first sender that failed raised, when all have stopped."""
        pace = self._pace.of_one(len(senders))
        with ThreadPoolExecutor(len(senders), thread_name_prefix="sender") as pool:
            running = [pool.submit(self._one, door, mixer, pace) for door, mixer in senders]
            for sender in running:
                sender.result()

    def _one(self, door: Door, mixer: Mixer, pace: Pace) -> None:
        try:
            self._send_all(door, mixer, pace)
        except BaseException:
            self.stop.set()
            raise
        finally:
            door.close()

    def _send_all(self, door: Door, mixer: Mixer, pace: Pace) -> None:
        began, sent = time.monotonic(), 0
        while not self.stop.is_set() and (not pace.events or sent < pace.events):
            passed = time.monotonic() - began
            if pace.seconds and passed >= pace.seconds:
                return
            ahead = sent / pace.rate - passed if pace.rate else 0.0
            if ahead > 0:
                self.stop.wait(ahead)
                continue
            size = min(pace.batch_size(), pace.events - sent) if pace.events else pace.batch_size()
            self._send(door, mixer.batch(size, datetime.now(UTC)))
            sent += size

    def _send(self, door: Door, batch: Batch) -> None:
        """Through the door until nothing is unknown, then past it."""
        self._ledger.sending(batch.sendings)
        self._count({"sent": len(batch.sendings)})
        self._count(Counter(sending.sort.value for sending in batch.sendings))

        def told(positions: list[int], answer: Answer) -> None:
            self._told(batch.name, [batch.sendings[position].n for position in positions], answer)

        left = deliver(door, [bytes(sending.event) for sending in batch.sendings], self._wait, told)
        self._count({"left unknown": len(left)})
        if batch.entries:
            self._send_past_the_door(batch.entries)

    def _told(self, name: str, numbers: list[int], answer: Answer) -> None:
        rejected = {numbers[index]: why for index, why in answer.rejected.items()}
        unknown = [numbers[index] for index in sorted(answer.unknown)]
        open_ones = {*rejected, *unknown}
        acknowledged = [number for number in numbers if number not in open_ones]
        self._ledger.told(
            batch=name,
            way="door",
            status=answer.status,
            acknowledged=acknowledged,
            rejected=rejected,
            unknown=unknown,
        )
        self._count(
            {"acknowledged": len(acknowledged), "rejected": len(rejected), "told unknown": len(unknown)}
        )

    def _send_past_the_door(self, entries: list[PastTheDoor]) -> None:
        """Until the log has acknowledged all; one that was unknown may then stand there twice."""
        self._ledger.sending(entries)
        self._count({"past the door": len(entries)})
        left = entries
        while left:
            failed = self._produced(left)
            unknown = [left[index] for index in sorted(failed)]
            self._ledger.told(
                batch=entries[0].batch,
                way="log",
                status=0,
                acknowledged=[entry.n for index, entry in enumerate(left) if index not in failed],
                rejected={},
                unknown=[entry.n for entry in unknown],
            )
            left = unknown
            if left and not self._wait(_WAIT):
                return

    def _produced(self, entries: list[PastTheDoor]) -> set[int]:
        """The indexes that are not acknowledged."""
        indexes: dict[str, list[int]] = defaultdict(list)
        for index, entry in enumerate(entries):
            indexes[entry.topic].append(index)
        return {
            places[failed]
            for topic, places in indexes.items()
            for failed in self._failed(topic, [entries[place] for place in places])
        }

    def _failed(self, topic: str, entries: list[PastTheDoor]) -> Collection[int]:
        if self._produce is None:
            raise AssertionError("Nobody said how to reach the log.")
        failures = self._produce(topic, [Entry(one.key.encode(), one.value) for one in entries])
        refused = [failure for failure in failures.values() if isinstance(failure, InvalidEvent)]
        if refused:
            raise AssertionError(f"The log itself refuses what only a consumer should: {refused[0]}")
        return failures.keys()

    def _wait(self, seconds: float) -> bool:
        return not self.stop.wait(seconds)

    def _count(self, counts: Mapping[str, int]) -> None:
        with self._lock:
            self.counts.update(counts)
