"""Puts events on the log, each on its topic, whoever they come from."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from time import perf_counter

from ingestion.errors import InvalidEvent, TransientFailure
from ingestion.eventlog.base import EventLog
from ingestion.eventlog.topics import entry_of, topic_of
from ingestion.events.envelope import Event
from runtime.telemetry.metrics import Metric, count, observe


def put_events(events: Mapping[int, Event], log: EventLog) -> dict[int, InvalidEvent | TransientFailure]:
    """The failures by the events' own numbers; what is not named is acknowledged.

    Once the log has failed no further topic is tried: whoever waits waits for one time limit at most.
    """
    topics: defaultdict[str, list[int]] = defaultdict(list)
    for index, event in events.items():
        topics[topic_of(event)].append(index)
    failures: dict[int, InvalidEvent | TransientFailure] = {}
    away: TransientFailure | None = None
    for topic, indexes in topics.items():
        if away:
            failures |= dict.fromkeys(indexes, away)
            continue
        failed = _produce(topic, [events[index] for index in indexes], log)
        failures |= {indexes[number]: failure for number, failure in failed.items()}
        away = next((one for one in failed.values() if isinstance(one, TransientFailure)), None)
    return failures


def _produce(
    topic: str, events: Sequence[Event], log: EventLog
) -> Mapping[int, InvalidEvent | TransientFailure]:
    started = perf_counter()
    failures = log.produce(topic, [entry_of(event) for event in events])
    if len(failures) < len(events):
        observe(Metric.LOG_SECONDS, perf_counter() - started, topic=topic)
        count(Metric.EVENTS_LOGGED, len(events) - len(failures), topic=topic)
    return failures
