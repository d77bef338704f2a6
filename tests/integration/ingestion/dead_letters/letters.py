"""Dead letters for the tests."""

from itertools import count
from typing import Any

from ingestion.dead_letters.models import DeadLetter
from ingestion.dead_letters.parking import Dead, park
from ingestion.events.coding import encode
from tests.sent_events import accepted_metric

LOGGED_MS = 1_795_000_000_000
_POSITIONS = count(1)


def dead(value: bytes = b"not JSON", **fields: Any) -> Dead:
    """At a place of its own."""
    letter = Dead(
        topic="metric-events",
        partition=0,
        position=next(_POSITIONS),
        logged_ms=LOGGED_MS,
        key=b"a campaign",
        value=value,
        code="malformed",
        field="",
        reason="This is not JSON.",
    )
    return letter._replace(**fields)


def parked(value: bytes = b"not JSON", **fields: Any) -> DeadLetter:
    letter = dead(value, **fields)
    park([letter])
    return stored(letter)


def stored(letter: Dead) -> DeadLetter:
    return DeadLetter.objects.get(topic=letter.topic, partition=letter.partition, position=letter.position)


def metric_payload(**fields: Any) -> bytes:
    """What would have been taken."""
    return encode(accepted_metric(**fields))
