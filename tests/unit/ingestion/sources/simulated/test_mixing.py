"""What a load sends: the shares that were asked for, and an order that decides which payload stands."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from ingestion.errors import InvalidEvent
from ingestion.eventlog.base import Partition, Record
from ingestion.eventlog.topics import TOPICS
from ingestion.events.identity import milliseconds
from ingestion.events.making import Place, metric_event
from ingestion.events.sent import read_sent
from ingestion.pipeline.decoding import decode
from ingestion.pipeline.facts import Decoded
from ingestion.sources.simulated.broken import _AT_THE_DOOR, _ON_THE_LOG, well_formed
from ingestion.sources.simulated.campaigns import Campaign
from ingestion.sources.simulated.mixing import Batch, Mix, Mixer, Sending, Sort
from tests.sent_events import PLACE, accepted

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CAMPAIGNS = [
    Campaign(id=f"00000000-0000-0000-0000-{n:012}", reference=f"cmp-{n}", platform="meta", currency="EUR")
    for n in range(1, 5)
]
EVERYTHING = Mix(0.10, 0.02, 0.05, 0.01, 0.01, 0.3)


def mixer(mix: Mix = EVERYTHING, **fields: Any) -> Mixer:
    told: dict[str, Any] = {"seed": 1, "sender": 0, "senders": 1, "campaigns": CAMPAIGNS, "mix": mix}
    return Mixer(**told | {"workspace_id": str(PLACE.workspace_id)} | fields)


def batches(count: int = 20, size: int = 250, **fields: Any) -> list[Batch]:
    drawing = mixer(**fields)
    return [drawing.batch(size, NOW + timedelta(seconds=number)) for number in range(count)]


def sendings(**fields: Any) -> list[Sending]:
    return [sending for batch in batches(**fields) for sending in batch.sendings]


@pytest.fixture(scope="module")
def load() -> list[Batch]:
    """With everything in it."""
    return batches()


@pytest.fixture(scope="module")
def sent(load: list[Batch]) -> list[Sending]:
    return [sending for batch in load for sending in batch.sendings]


def body(sending: Sending) -> dict[str, Any]:
    return dict(msgspec.json.decode(sending.event))


def identity(sending: Sending) -> tuple[str, ...]:
    told = body(sending)
    return tuple(told.get(name, "") for name in ("campaign_id", "kind", "occurred_at", "event_id"))


def test_every_share_is_what_was_asked_for(load: list[Batch], sent: list[Sending]) -> None:
    sorts = Counter(sending.sort for sending in sent)
    total = sorts.total()
    assert sorts[Sort.DUPLICATE] / total == pytest.approx(0.10, abs=0.01)
    assert sorts[Sort.CHANGED] / total == pytest.approx(0.02, abs=0.005)
    assert sorts[Sort.LATE] / total == pytest.approx(0.05, abs=0.01)
    assert sorts[Sort.BROKEN] / total == pytest.approx(0.01, abs=0.005)
    assert sum(len(batch.entries) for batch in load) == pytest.approx(50, abs=20)
    kinds = Counter(body(sending)["kind"] for sending in sent if sending.sort is Sort.NEW)
    assert kinds["metric"] / kinds.total() == pytest.approx(0.7, abs=0.03)


def test_the_same_seed_draws_the_same() -> None:
    assert sendings(count=3) == sendings(count=3)
    assert sendings(count=3) != sendings(count=3, seed=2)


def test_the_door_accepts_all_but_the_broken(sent: list[Sending]) -> None:
    for sending in sent:
        if sending.sort is not Sort.BROKEN:
            accepted(body(sending), received_at=NOW + timedelta(minutes=1))


def test_a_duplicate_is_a_delivery_that_was_sent_before(sent: list[Sending]) -> None:
    before: dict[tuple[str, ...], list[bytes]] = {}
    for sending in sent:
        if sending.sort is Sort.DUPLICATE:
            assert bytes(sending.event) in before[identity(sending)]
        before.setdefault(identity(sending), []).append(bytes(sending.event))


def test_what_is_sent_again_names_where_its_identity_was_first_sent(sent: list[Sending]) -> None:
    first: dict[tuple[str, ...], int] = {}
    for sending in sent:
        if sending.first is not None:
            assert sending.first == first[identity(sending)]
        elif sending.sort is not Sort.BROKEN:
            first[identity(sending)] = sending.n


def test_one_request_has_one_payload_of_an_identity() -> None:
    mix = Mix(duplicates=0.4, changed=0.4)
    for batch in batches(count=5, mix=mix):
        payloads: dict[tuple[str, ...], set[bytes]] = {}
        for sending in batch.sendings:
            payloads.setdefault(identity(sending), set()).add(bytes(sending.event))
        assert {len(of_one) for of_one in payloads.values()} == {1}


def test_a_changed_event_keeps_its_identity_and_says_something_else(sent: list[Sending]) -> None:
    first = {sending.n: sending for sending in sent}
    changed = [sending for sending in first.values() if sending.sort is Sort.CHANGED]
    assert {identity(one) == identity(first[one.first or 0]) for one in changed} == {True}
    assert sum(one.event != first[one.first or 0].event for one in changed) > 0.8 * len(changed)


def test_late_events_are_days_old(sent: list[Sending]) -> None:
    for sending in sent:
        age = NOW - datetime.fromisoformat(body(sending).get("occurred_at", "2026-11-21T12:00:00Z"))
        if sending.sort is Sort.LATE:
            assert timedelta(hours=23) < age < timedelta(days=21)
        elif sending.sort is Sort.NEW:
            assert age < timedelta(seconds=2)


def test_numbers_grow_with_each_delivery_and_no_two_senders_share_one() -> None:
    numbers = [[sending.n for sending in sendings(count=3, sender=sender, senders=2)] for sender in range(2)]
    assert [sorted(of_one) for of_one in numbers] == numbers
    assert not set(numbers[0]) & set(numbers[1])


METRIC = {
    "kind": "metric",
    "event_id": "e-1",
    "occurred_at": "2026-11-21T12:00:00.000Z",
    "campaign_id": CAMPAIGNS[0].id,
    "platform": "meta",
    "clicks": 3,
    "spend": "1.00",
    "currency": "EUR",
}


@pytest.mark.parametrize("how", [how for how in _AT_THE_DOOR if how != "unknown_campaign"])
def test_what_the_door_must_reject_is_rejected(how: str) -> None:
    broken = msgspec.json.encode(_AT_THE_DOOR[how](METRIC, NOW))
    with pytest.raises(InvalidEvent):
        metric_event(read_sent(broken), Place(PLACE.workspace_id, PLACE.campaign_id, "meta", "EUR"), NOW)  # type: ignore[arg-type]


def read(topic: str, value: bytes) -> Decoded:
    return decode([Record(Partition(topic, 0), 1, milliseconds(NOW), b"key", value)])


@pytest.mark.parametrize(("topic", "how"), [(topic, how) for topic in TOPICS for how in _ON_THE_LOG[topic]])
def test_what_the_consumer_must_park_it_cannot_read(topic: str, how: str) -> None:
    event = well_formed(topic, METRIC, str(PLACE.workspace_id), NOW)
    assert read(topic, msgspec.json.encode(event)).dead == []
    assert len(read(topic, _ON_THE_LOG[topic][how](event)).dead) == 1


def test_no_two_entries_past_the_door_are_equal() -> None:
    values = [
        entry.value for batch in batches(count=1, mix=Mix(broken_on_log=1.0)) for entry in batch.entries
    ]
    assert len(set(values)) == len(values)
