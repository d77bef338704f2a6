"""What can be taken, what is set aside, and what must end the process."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from msgspec import structs

from ingestion.eventlog.base import Partition, Record
from ingestion.eventlog.topics import INTERACTIONS, METRIC_EVENTS, SNAPSHOTS, entry_of, topic_of
from ingestion.events.bounds import AHEAD
from ingestion.events.envelope import Event
from ingestion.pipeline import decoding
from ingestion.pipeline.decoding import decode
from tests.logged_events import LOGGED_MS, click, metric, snapshot

WORKSPACE = uuid4()


def record(event: Event, position: int = 0) -> Record:
    return Record(Partition(topic_of(event), 1), position, LOGGED_MS + position, *entry_of(event))


def test_events_come_out_by_kind_and_keep_their_order() -> None:
    first, second, clicked, reported = (
        metric(WORKSPACE, 1),
        metric(WORKSPACE, 2),
        click(WORKSPACE, 3),
        snapshot(WORKSPACE, 4, DE=1),
    )
    decoded = decode([record(first, 7), record(clicked), record(second, 8), record(reported)])
    assert decoded.metric_events.events == [first, second]
    assert [one.position for one in decoded.metric_events.records] == [7, 8]
    assert decoded.interactions.events == [clicked]
    assert [one.snapshot for one in decoded.snapshots] == [reported]
    assert decoded.dead == []


@pytest.mark.parametrize("topic", [METRIC_EVENTS, INTERACTIONS, SNAPSHOTS])
def test_what_cannot_be_read_is_set_aside_whole_and_the_rest_goes_on(topic: str) -> None:
    broken = Record(Partition(topic, 3), 12, 1000, b"key", b"\xff\x00")
    decoded = decode([broken, record(metric(WORKSPACE, 1))])
    (dead,) = decoded.dead
    assert dead[:6] == (topic, 3, 12, 1000, b"key", b"\xff\x00")
    assert dead.code == "malformed"
    assert len(decoded.metric_events.events) == 1


def test_an_event_of_another_kind_than_its_topic_is_set_aside() -> None:
    lost = structs.replace(record(click(WORKSPACE, 1)), partition=Partition(METRIC_EVENTS, 0))
    assert [dead.code for dead in decode([lost]).dead] == ["invalid_choice"]


@pytest.mark.parametrize("make", [metric, click, partial(snapshot, DE=1)])
def test_what_claims_to_have_been_received_long_after_it_was_logged_is_set_aside(make: Any) -> None:
    event = make(WORKSPACE, 1)
    received_ms = int(event.received_at.timestamp() * 1000)
    ahead_ms = AHEAD // timedelta(milliseconds=1)
    early, in_time = (structs.replace(record(event), logged_ms=received_ms - ahead_ms + by) for by in (-1, 1))
    (dead,) = decode([early, in_time]).dead
    assert (dead.code, dead.field, dead.logged_ms) == ("in_the_future", "received_at", early.logged_ms)


@pytest.mark.parametrize("logged_ms", [-1, 0, 2**63 - 1])
def test_a_log_that_tells_no_time_or_none_of_the_calendar_refuses_nothing_for_it(logged_ms: int) -> None:
    assert decode([structs.replace(record(metric(WORKSPACE, 1)), logged_ms=logged_ms)]).dead == []


def test_an_hour_that_begins_within_a_quarter_is_set_aside() -> None:
    """Its mark would end every tick of aggregation."""
    event = snapshot(WORKSPACE, 1, DE=1)
    event = structs.replace(
        event,
        occurred_at=event.occurred_at + timedelta(seconds=30),
        payload=structs.replace(event.payload, report="hour"),
    )
    (dead,) = decode([record(event)]).dead
    assert (dead.code, dead.field) == ("conflict", "occurred_at")


def test_a_mistake_of_ours_is_not_taken_for_bad_data(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(_: object) -> None:
        raise KeyError("a mistake")

    monkeypatch.setattr(decoding, "span_of", mistaken)
    with pytest.raises(KeyError):
        decode([record(snapshot(WORKSPACE, 1))])


def test_a_topic_that_nobody_knows_is_a_mistake_of_ours() -> None:
    with pytest.raises(LookupError):
        decode([Record(Partition("gossip", 0), 0, 0, b"", b"{}")])
