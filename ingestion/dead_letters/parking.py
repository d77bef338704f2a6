"""Parks what the consumer cannot take, before its offset moves. Parking it again changes nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from ingestion.dead_letters.models import DeadLetter
from ingestion.dead_letters.postgres import needs_postgres
from ingestion.dead_letters.reading import kind_of, told, uuid_of
from ingestion.eventlog.base import LARGEST_ENTRY, Entry
from ingestion.eventlog.topics import dead_letters_of
from runtime.telemetry.metrics import Metric, count

AT_ONCE = 500  # letters in one statement
BYTES_AT_ONCE = 8_000_000
LATEST_MS = 253_402_300_799_999  # the end of the year 9999; a foreign clock may say anything


class Dead(NamedTuple):
    """An entry of the log that can never be taken as it is, and what its InvalidEvent said."""

    topic: str
    partition: int
    position: int
    logged_ms: int
    key: bytes
    value: bytes
    code: str
    field: str
    reason: str


class DeadEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter on its topic. Place and time are its identity: it may stand there more than once."""

    topic: str
    partition: int
    position: int
    logged_ms: int
    code: str
    field: str
    reason: str
    size: int
    key: bytes | None  # in base64; null where it found no room, and then Postgres alone has the bytes
    value: bytes | None


def park(dead: Sequence[Dead]) -> None:
    """Keep these for a person; whatever is parked already stays as it is. Raises TransientFailure."""
    for some in _in_parts(dead):
        with needs_postgres():
            DeadLetter.objects.bulk_create([_letter(one) for one in some], ignore_conflicts=True)
    for code, number in Counter(one.code for one in dead).items():
        count(Metric.DEAD_LETTERS_PARKED, number, code=code)


def entries_for_topic(dead: Sequence[Dead]) -> dict[str, list[Entry]]:
    """What to produce for those who read the dead-letter topics, by topic."""
    entries: dict[str, list[Entry]] = {}
    for one in dead:
        entries.setdefault(dead_letters_of(one.topic), []).append(_entry(one))
    return entries


def _in_parts(dead: Sequence[Dead]) -> Iterator[list[Dead]]:
    """Statements of a size that Postgres and this process bear, however large the letters are."""
    part: list[Dead] = []
    size = 0
    for one in dead:
        part.append(one)
        size += len(one.key) + len(one.value)
        if len(part) >= AT_ONCE or size >= BYTES_AT_ONCE:
            yield part
            part, size = [], 0
    if part:
        yield part


def _letter(dead: Dead) -> DeadLetter:
    names = told(dead.value)
    return DeadLetter(
        topic=dead.topic,
        partition=dead.partition,
        position=dead.position,
        logged_at=datetime.fromtimestamp(min(max(dead.logged_ms, 0), LATEST_MS) / 1000, UTC),
        workspace_id=uuid_of(names.get("workspace_id")),
        campaign_id=uuid_of(names.get("campaign_id")),
        kind=kind_of(dead.value),
        key=dead.key,
        payload=dead.value,
        code=dead.code,
        field=_storable(dead.field),
        reason=_storable(dead.reason),
    )


def _storable(text: str) -> str:
    """Postgres takes neither a NUL nor half a character."""
    return text.replace("\0", "\\0").encode(errors="backslashreplace").decode()


def _entry(dead: Dead) -> Entry:
    whole = _told_entry(dead, dead.key, dead.value)
    if len(whole) <= LARGEST_ENTRY:
        return Entry(b"", whole)
    return Entry(b"", _told_entry(dead, None, None))


def _told_entry(dead: Dead, key: bytes | None, value: bytes | None) -> bytes:
    return msgspec.json.encode(
        DeadEntry(
            topic=dead.topic,
            partition=dead.partition,
            position=dead.position,
            logged_ms=dead.logged_ms,
            code=dead.code,
            field=_storable(dead.field),
            reason=_storable(dead.reason),
            size=len(dead.value),
            key=key,
            value=value,
        )
    )
