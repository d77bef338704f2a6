"""Dead letters: on their topic and in Postgres before the offset moves, and a stop when they are too many."""

from ingestion.dead_letters.parking import Dead, entries_for_topic, park
from ingestion.errors import TransientFailure
from ingestion.eventlog.base import EventLog


def bury(log: EventLog, dead: list[Dead]) -> None:
    """Returns once they are safe in both places. Raises TransientFailure; burying again changes nothing."""
    for topic, entries in entries_for_topic(dead).items():
        for failure in log.produce(topic, entries).values():
            if isinstance(failure, TransientFailure):
                raise failure
            raise AssertionError(f"A dead letter was made that the log refuses: {failure}")
    if dead:
        park(dead)
