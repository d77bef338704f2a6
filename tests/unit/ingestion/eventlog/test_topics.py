"""One topic for each kind of fact."""

from ingestion.eventlog.topics import (
    INTERACTIONS,
    METRIC_EVENTS,
    dead_letters_of,
    entry_of,
    partition_count,
    topic_of,
)
from ingestion.events.coding import read_metric_event
from tests.sent_events import accepted_click, accepted_metric


def test_an_events_kind_decides_its_topic() -> None:
    assert topic_of(accepted_metric()) == METRIC_EVENTS
    assert topic_of(accepted_click()) == INTERACTIONS


def test_an_event_is_written_under_its_campaign() -> None:
    event = accepted_metric()
    key, value = entry_of(event)
    assert key == str(event.campaign_id).encode()
    assert read_metric_event(value) == event


def test_dead_letters_stand_beside_their_topic_in_one_partition() -> None:
    assert dead_letters_of(METRIC_EVENTS) == "metric-events.dead-letter"
    assert partition_count(dead_letters_of(METRIC_EVENTS), 12) == 1
    assert partition_count(METRIC_EVENTS, 12) == 12
