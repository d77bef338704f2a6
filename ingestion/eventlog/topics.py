"""Where on the log an event stands: a topic for each kind of fact, and beside it one for dead letters."""

from msgspec.json import Encoder

from ingestion.eventlog.base import Entry
from ingestion.events.coding import encode
from ingestion.events.envelope import Event, Interaction, MetricEvent, Snapshot

METRIC_EVENTS = "metric-events"
INTERACTIONS = "interactions"
SNAPSHOTS = "snapshots"

TOPICS = (METRIC_EVENTS, INTERACTIONS, SNAPSHOTS)
_DEAD_LETTERS = ".dead-letter"
_in_quotes = Encoder().encode  # a UUID as str writes it, in a fifth of the time
_TOPIC_OF_EVENT = {MetricEvent: METRIC_EVENTS, Interaction: INTERACTIONS, Snapshot: SNAPSHOTS}


def topic_of(event: Event) -> str:
    return _TOPIC_OF_EVENT[type(event)]


def entry_of(event: Event) -> Entry:
    """The event as it is written: all facts of a campaign stand in one partition."""
    return Entry(_in_quotes(event.campaign_id)[1:-1], encode(event))


def dead_letters_of(topic: str) -> str:
    return f"{topic}{_DEAD_LETTERS}"


def partition_count(topic: str, configured: int) -> int:
    """Dead letters are few, and read by one."""
    return 1 if is_dead_letters(topic) else configured


def is_dead_letters(topic: str) -> bool:
    return topic.endswith(_DEAD_LETTERS)
