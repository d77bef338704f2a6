"""The topics of the log: one for each kind of fact, and beside each the place for what could not be read."""

from ingestion.events.envelope import Event, Interaction, MetricEvent, Snapshot

METRIC_EVENTS = "metric-events"
INTERACTIONS = "interactions"
SNAPSHOTS = "snapshots"

TOPICS = (METRIC_EVENTS, INTERACTIONS, SNAPSHOTS)
_DEAD_LETTERS = ".dead-letter"
_TOPIC_OF_EVENT = {MetricEvent: METRIC_EVENTS, Interaction: INTERACTIONS, Snapshot: SNAPSHOTS}


def topic_of(event: Event) -> str:
    return _TOPIC_OF_EVENT[type(event)]


def dead_letters_of(topic: str) -> str:
    return f"{topic}{_DEAD_LETTERS}"


def partition_count(topic: str, configured: int) -> int:
    """Dead letters are few, and read by one."""
    return 1 if is_dead_letters(topic) else configured


def is_dead_letters(topic: str) -> bool:
    return topic.endswith(_DEAD_LETTERS)
