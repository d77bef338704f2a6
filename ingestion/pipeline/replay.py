"""A replay: all that the log still has, or had since some time, once more into the raw tables.

It has a group of its own, ends when it has come to where the log ended at its start, and skips nothing: rows
that are there already replace themselves.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime

from msgspec import Struct, field

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import Consumer, EventLog, Partition, Record
from ingestion.eventlog.topics import TOPICS
from ingestion.pipeline.consumer import take
from ingestion.pipeline.gathering import Gathering
from ingestion.pipeline.holding import Holding
from ingestion.pipeline.running import Session
from ingestion.pipeline.stop_request import AskedToStop

LOOK_EVERY = 1.0


class Course(Struct):
    """How far a replay has come in each partition, and how far it has to go."""

    entries: dict[Partition, int] = field(default_factory=dict)  # once all partitions are known
    done: dict[Partition, int] = field(default_factory=dict)
    reached: dict[Partition, Record] = field(default_factory=dict)

    def take_in(self, records: Sequence[Record]) -> None:
        """What is delivered again counts once."""
        for record in records:
            partition = record.partition
            before = self.reached.get(partition)
            if before is None or record.position > before.position:
                self.reached[partition] = record
                self.done[partition] = self.done.get(partition, 0) + 1

    def learn(self, lag: dict[Partition, int]) -> None:
        """The first time it tells how far there is to go; later, that nothing is left to wait for."""
        if not self.entries:
            self.entries = {partition: left + self.done.get(partition, 0) for partition, left in lag.items()}
        for partition, left in lag.items():
            if left <= 0:
                self.entries[partition] = min(self.entries[partition], self.done.get(partition, 0))

    @property
    def is_through(self) -> bool:
        return bool(self.entries) and all(
            self.done.get(partition, 0) >= entries for partition, entries in self.entries.items()
        )

    @property
    def total(self) -> int:
        return sum(self.entries.values())

    @property
    def replayed(self) -> int:
        return sum(self.done.values())

    @property
    def resume_at(self) -> datetime | None:
        """From where another replay would repeat what this one left; None from where this one began."""
        left = [p for p, entries in self.entries.items() if self.done.get(p, 0) < entries]
        if not left or any(partition not in self.reached for partition in left):
            return None
        return datetime.fromtimestamp(min(self.reached[p].logged_ms for p in left) / 1000, UTC)


def new_group() -> str:
    return f"replay-{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def replay(session: Session, group: str, start: datetime | None, show: Callable[[Course], None]) -> Course:
    """Returns how far it came: to the end, unless it was asked to stop. The group is forgotten."""
    session.steps.seen.switch_off()  # rows may have been taken away since they were stored
    course = Course()
    starting = Holding(time.sleep, session.stop, session.beat)
    with suppress(AskedToStop):
        opened = starting.until_done("joining", lambda: session.log.consumer(group, TOPICS, start))
        with closing(opened) as consumer:
            _until_through(session, consumer, group, course, show)
    session.steps.nudge.send_now()
    with suppress(TransientFailure):  # then it expires
        session.log.forget_group(group)
    return course


def _until_through(
    session: Session, consumer: Consumer, group: str, course: Course, show: Callable[[Course], None]
) -> None:
    holding = Holding(consumer.hold, session.stop, session.beat)
    gathering = Gathering(consumer, session.bounds, session.stop.is_made, session.beat)
    look_at = 0.0
    while not (course.is_through or session.stop.is_made()):
        batch = holding.until_done("polling", gathering.batch)
        if batch.records:
            take(batch, consumer, session.steps, holding, gathering.go_on_until)
            course.take_in(batch.records)
        session.steps.nudge.send_if_due()
        if time.monotonic() >= look_at:
            holding.until_done("looking how far it is", lambda: _look(session.log, consumer, group, course))
            look_at = time.monotonic() + LOOK_EVERY
        show(course)


def _look(log: EventLog, consumer: Consumer, group: str, course: Course) -> None:
    """A partition that it does not own yet may still begin elsewhere than at the oldest entry."""
    lag = log.lag(group, TOPICS)
    if lag.keys() <= consumer.partitions():
        course.learn(lag)
