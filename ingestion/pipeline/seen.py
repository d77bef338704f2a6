"""A window of what lies in the raw tables, in the cache server: it spares work and decides nothing.

An event is skipped only if what was stored last under its identity has the same payload and a version that is
not smaller: then its own row could change nothing, in whatever order deliveries come. The same payload sent
again later is stored again, since its version is greater; it is only counted.

The window of a partition is two hashes, a new one and an old one. When the new one is full it takes the old
one's place. Whatever of it is lost, wiped or evicted, the events are stored once more.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from msgspec import structs

from api.cache_server import CACHE_ERRORS
from ingestion.eventlog.base import Partition, stretches
from ingestion.eventlog.topics import INTERACTIONS, METRIC_EVENTS
from ingestion.pipeline.facts import Decoded, E, Facts
from ingestion.pipeline.gathering import MEGABYTE
from runtime.options import ConsumerBounds, Options
from runtime.telemetry.metrics import Metric, count

log = logging.getLogger(__name__)

KEY_BYTES = 16  # by far too many for two identities to share one
HASH_BITS = 64
HASH_MASK = (1 << HASH_BITS) - 1
ENTRY_BYTES = 16
REMEMBERED = (METRIC_EVENTS, INTERACTIONS)
REMEMBERED_BYTES = 60  # that an event takes of the server
PAUSE_AFTER_A_FAILURE = 5.0
HOUR = 3600

_SCRIPTS = Path(__file__).with_name("scripts")
LOOK = (_SCRIPTS / "look.lua").read_text()
REMEMBER = (_SCRIPTS / "remember.lua").read_text()

# For each partition keys and entries in turn, one behind the other.
Memory = Mapping[Partition, bytes]
NOTHING: Memory = {}


def affordable(options: Options) -> ConsumerBounds:
    """The bounds, with windows of all partitions within half of our own cache server.

    More would push out everything else at once, rate limits included.
    """
    if not options.redis_cache.embedded:
        return options.consumer
    hashes = 2 * len(REMEMBERED) * options.topics.partitions
    most = options.redis_cache.memory_mb * MEGABYTE // 2 // (hashes * REMEMBERED_BYTES)
    return structs.replace(options.consumer, seen_events=min(options.consumer.seen_events, most))


class SeenWindow:
    """For the consumer that owns the partitions; another one beside it costs repeated work, no more."""

    def __init__(self, connect: Callable[[], Any], prefix: str, bounds: ConsumerBounds) -> None:
        """A window of no events is switched off."""
        self._connect = connect
        self._prefix = f"{prefix}:seen"
        self._bounds = bounds
        self._not_before = 0.0

    def switch_off(self) -> None:
        """Skip nothing and remember nothing, as a replay must."""
        self._bounds = structs.replace(self._bounds, seen_events=0)

    def without_repeats(self, decoded: Decoded) -> tuple[Decoded, Memory]:
        """What may have to be stored, and what to remember once it is. One call; raises for no server."""
        if not self._bounds.seen_events or time.monotonic() < self._not_before:
            return decoded, NOTHING
        shares = [*_shares(decoded.metric_events), *_shares(decoded.interactions)]
        try:
            answers = self._look(shares)
        except CACHE_ERRORS as error:
            self._give_up_for_now(error)
            return decoded, NOTHING
        for share, found in zip(shares, answers, strict=True):
            share.compare(found)
        memory = {share.partition: told for share in shares if (told := share.memory())}
        return _remaining(decoded, shares), memory

    def remember(self, memory: Memory) -> None:
        """To be called once these lie in the raw tables; raises for no server."""
        if not memory:
            return
        try:
            self._remember(memory)
        except CACHE_ERRORS as error:
            self._give_up_for_now(error)

    def _look(self, shares: "list[_Share]") -> list[bytes]:
        """For each share what is known of its keys."""
        calls = self._connect().pipeline(transaction=False)
        for share in shares:
            calls.execute_command("EVAL", LOOK, 2, *self._names(share.partition), b"".join(share.keys))
        return list(calls.execute())

    def _remember(self, memory: Memory) -> None:
        calls = self._connect().pipeline(transaction=False)
        bounds = self._bounds.seen_hours * HOUR, self._bounds.seen_events
        for partition, told in memory.items():
            calls.execute_command("EVAL", REMEMBER, 2, *self._names(partition), told, *bounds)
        calls.execute()

    def _names(self, partition: Partition) -> tuple[str, str]:
        name = f"{self._prefix}:{partition.topic}:{partition.number}"
        return f"{name}:new", f"{name}:old"

    def _give_up_for_now(self, error: Exception) -> None:
        """Whatever it is, full, wiped or away: each event is stored, once more if need be."""
        log.warning("No repeats are skipped for a while, the cache server fails: %s", error)
        self._not_before = time.monotonic() + PAUSE_AFTER_A_FAILURE


class _Share:
    """The events of one kind in one partition."""

    def __init__(self, facts: Facts[Any], partition: Partition, places: list[int]) -> None:
        hashes, versions = facts.hashes, facts.versions
        self.facts = facts
        self.partition = partition
        self.places = places
        self.repeats: set[int] = set()
        self.keys = [_key(facts.events[place], facts.moments[place]) for place in places]
        self._entries = [versions[place] << HASH_BITS | hashes[place] for place in places]

    def compare(self, found: bytes) -> None:
        """Take note of the repeats, and count those that must be stored all the same."""
        if found == bytes(len(found)):
            return
        later = 0
        known = (found[start : start + ENTRY_BYTES] for start in range(0, len(found), ENTRY_BYTES))
        for place, entry, seen in zip(self.places, self._entries, map(int.from_bytes, known), strict=True):
            if (seen ^ entry) & HASH_MASK:
                continue
            if entry <= seen:
                self.repeats.add(place)
            else:
                later += 1
        topic = self.partition.topic
        count(Metric.CONSUMER_REPEATS, len(self.repeats), topic=topic, outcome="skipped")
        count(Metric.CONSUMER_REPEATS, later, topic=topic, outcome="stored")

    def memory(self) -> bytes:
        found = zip(self.places, self.keys, self._entries, strict=True)
        return b"".join(
            key + entry.to_bytes(ENTRY_BYTES) for place, key, entry in found if place not in self.repeats
        )


def _shares(facts: Facts[E]) -> Iterator[_Share]:
    places: dict[Partition, list[int]] = defaultdict(list)
    first = 0
    for partition, records in stretches(facts.records):
        after = first + len(list(records))
        places[partition].extend(range(first, after))
        first = after
    for partition, some in places.items():
        yield _Share(facts, partition, some)


def _key(event: Any, moment: int) -> bytes:
    """Of its identity; see ingestion.events.identity."""
    identity = f"{event.workspace_id.int:x} {event.campaign_id.int:x} {event.kind} {moment} {event.event_id}"
    return blake2b(identity.encode(), digest_size=KEY_BYTES).digest()


def _remaining(decoded: Decoded, shares: list[_Share]) -> Decoded:
    return structs.replace(
        decoded,
        metric_events=_without(decoded.metric_events, shares),
        interactions=_without(decoded.interactions, shares),
    )


def _without(facts: Facts[E], shares: list[_Share]) -> Facts[E]:
    repeats = {place for share in shares if share.facts is facts for place in share.repeats}
    return facts.only([place not in repeats for place in range(len(facts.events))]) if repeats else facts
