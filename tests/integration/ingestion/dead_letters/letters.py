"""Dead letters for the tests."""

import time
from datetime import UTC, datetime
from itertools import count
from secrets import token_hex
from typing import Any

from msgspec import structs

from campaigns.choices import Platform
from campaigns.models import Campaign
from campaigns.services.campaigns import campaign_create
from ingestion.dead_letters.models import DeadLetter
from ingestion.dead_letters.parking import Dead, park
from ingestion.eventlog.base import Record
from ingestion.eventlog.opening import event_log
from ingestion.eventlog.topics import TOPICS
from ingestion.events.coding import encode
from ingestion.events.envelope import Event
from tests import people
from tests.sent_events import accepted_click, accepted_metric

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


def campaign_of_its_own() -> Campaign:
    workspace = people.new_workspace()
    return campaign_create(workspace=workspace, fields={"name": "A", "platform": Platform.META})


def mended(campaign: Campaign | None = None, **fields: Any) -> bytes:
    """An event of a campaign that there is: what a replay takes."""
    return _of(campaign or campaign_of_its_own(), accepted_metric(**fields))


def mended_click(**fields: Any) -> bytes:
    return _of(campaign_of_its_own(), accepted_click(**fields))


def _of(campaign: Campaign, event: Event) -> bytes:
    return encode(structs.replace(event, workspace_id=campaign.workspace_id, campaign_id=campaign.id))


class Listener:
    """Reads what comes to the log from now on."""

    def __init__(self) -> None:
        group = f"test-{token_hex(4)}"
        self._consumer = event_log().consumer(group, TOPICS, start=datetime.now(UTC))

    def heard(self, number: int) -> list[Record]:
        """As soon as so many are there, or what there is after a while."""
        found: list[Record] = []
        deadline = time.monotonic() + (20 if number else 0.3)
        while time.monotonic() < deadline and (len(found) < number or not number):
            found += self._consumer.poll(100, 0.1).records
        return found

    def close(self) -> None:
        self._consumer.close()
