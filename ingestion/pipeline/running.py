"""A consumer's life: join the group, take batch after batch, leave when asked or when too much is dead."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime

from msgspec import Struct

from ingestion.dead_letters.models import ConsumerStop
from ingestion.dead_letters.parking import Dead
from ingestion.dead_letters.stopping import Lookout, Recent, standing_stop, stop_if_too_many
from ingestion.eventlog.base import MAIN_GROUP, Consumer, EventLog, Record
from ingestion.eventlog.topics import INTERACTIONS, METRIC_EVENTS, SNAPSHOTS, TOPICS
from ingestion.pipeline.consumer import Steps, take
from ingestion.pipeline.facts import Decoded
from ingestion.pipeline.gathering import Gathering
from ingestion.pipeline.holding import Holding
from ingestion.pipeline.progress import Progress
from ingestion.pipeline.stop_request import AskedToStop, StopRequest
from runtime.options import ConsumerBounds
from runtime.readiness import announce_ready
from runtime.telemetry.metrics import Metric, count, observe

log = logging.getLogger(__name__)


class Session(Struct):
    """What a consumer lives with."""

    log: EventLog
    steps: Steps
    bounds: ConsumerBounds
    stop: StopRequest
    beat: Callable[[], None]
    show: Callable[[Sequence[Record]], None]  # told of every batch

    def live_on(self) -> None:
        """Called wherever it is held up: a sign of life, and a nudge that had to wait as well."""
        self.beat()
        self.steps.nudge.send_if_due()


def consume(session: Session) -> ConsumerStop | None:
    """Until it is asked to stop, or until a person must look: then it returns why."""
    starting = Holding(time.sleep, session.stop, session.beat)
    with suppress(AskedToStop):
        if standing := starting.until_done("looking for a stop", standing_stop):
            return standing
        with closing(
            starting.until_done("joining", lambda: session.log.consumer(MAIN_GROUP, TOPICS))
        ) as joined:
            return _turn_after_turn(session, joined)
    return None


def _turn_after_turn(session: Session, consumer: Consumer) -> ConsumerStop | None:
    holding = Holding(consumer.hold, session.stop, session.live_on)
    progress = Progress(session.log, consumer, session.steps.insert)
    recent, lookout = Recent(), Lookout()
    # What is in hand will be inserted soon: a nudge that had to wait comes after it, and is for both.
    nudge = session.steps.nudge
    gathering = Gathering(consumer, session.bounds, session.stop.is_made, session.beat, nudge.send_if_due)
    holding.until_done("polling", gathering.glance)
    announce_ready()
    while not session.stop.is_made():
        batch = holding.until_done("polling", gathering.batch)
        if batch.records:
            decoded = take(batch, consumer, session.steps, holding, gathering.go_on_until)
            progress.committed(batch.records)
            _measure(decoded)
            session.show(batch.records)
            if stopped := _stop_of(recent, len(batch.records), decoded.dead, holding):
                return stopped
        progress.tell_if_due()
        if stopped := lookout.stop_if_due():
            return stopped
    session.steps.nudge.send_now()
    return None


def _stop_of(recent: Recent, events: int, dead: list[Dead], holding: Holding) -> ConsumerStop | None:
    recent.note(events, dead)
    return holding.until_done("storing a stop", lambda: stop_if_too_many(recent))


def _measure(decoded: Decoded) -> None:
    now = datetime.now(UTC)
    count(Metric.CONSUMER_BATCHES)
    received = {
        METRIC_EVENTS: [event.received_at for event in decoded.metric_events.events],
        INTERACTIONS: [event.received_at for event in decoded.interactions.events],
        SNAPSHOTS: [one.snapshot.received_at for one in decoded.snapshots],
    }
    for topic, times in received.items():
        if times:
            oldest = (now - min(times)).total_seconds()
            observe(Metric.EVENT_STORED_SECONDS, max(0.0, oldest), topic=topic)
    dead = Counter(letter.topic for letter in decoded.dead)
    for topic, times in received.items():
        count(Metric.CONSUMER_EVENTS, len(times) + dead[topic], topic=topic)
