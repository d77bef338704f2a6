"""`manage.py consume_events`: from the event log into the raw tables, for as long as it is let."""

import sys
import time
from argparse import ArgumentParser
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from api.postgres.base import DatabaseWrapper
from ingestion.dead_letters.stopping import stop_message
from ingestion.errors import InvalidEvent
from ingestion.eventlog.base import EventLog
from ingestion.eventlog.opening import open_log
from ingestion.events.times import instant
from ingestion.pipeline.consumer import product_steps
from ingestion.pipeline.gaps import fill_gaps, open_gap
from ingestion.pipeline.garbage import seldom_searched
from ingestion.pipeline.holding import Holding
from ingestion.pipeline.liveness import Pulse
from ingestion.pipeline.replay import Course, new_group, replay
from ingestion.pipeline.running import Session, consume
from ingestion.pipeline.screen import Screen, screen
from ingestion.pipeline.seen import affordable
from ingestion.pipeline.stop_request import AskedToStop, StopRequest
from runtime.config import configuration
from runtime.restarts import NEEDS_A_PERSON
from runtime.telemetry.metric_files import share_metrics
from runtime.turn import await_turn

# By then a statement is given up and held back: a Postgres that was stopped takes calls and answers none.
LONGEST_ANSWER_SECONDS = 10.0


class Command(BaseCommand):
    help = (
        "Bring events from the log into the raw tables until SIGTERM or Ctrl-C; several share the work. "
        f"Ends with {NEEDS_A_PERSON} if too many cannot be taken, so that a person must look. "
        "With --from-time or --from-beginning: take in again what the log still has, and end."
    )
    requires_system_checks = ()  # nor the time to import every view

    def add_arguments(self, parser: ArgumentParser) -> None:
        start = parser.add_mutually_exclusive_group()
        start.add_argument("--from-time", help="replay what was logged since, such as 2026-11-20T10:00:00Z")
        start.add_argument("--from-beginning", action="store_true", help="replay all that the log has")
        parser.add_argument(
            "--fill-gap",
            action="store_true",
            help="with either: the raw tables lost what is replayed; how fresh figures are is unknown until "
            "such a replay is through",
        )

    def handle(
        self, *args: Any, from_time: str | None, from_beginning: bool, fill_gap: bool, **options: Any
    ) -> None:
        start = _time(from_time) if from_time else None
        if fill_gap and not (start or from_beginning):
            raise CommandError("--fill-gap says what a replay is for: name --from-beginning or --from-time.")
        await_turn()
        configured = configuration()
        share_metrics(configured.data_dir, "consumer")
        stop = StopRequest()
        DatabaseWrapper.longest_answer = LONGEST_ANSWER_SECONDS
        with closing(open_log(configured)) as log, stop.by_signal(), screen() as shown, seldom_searched():
            session = _session(log, stop, shown)
            if start or from_beginning:
                self._replay(session, start, shown, fill_gap=fill_gap)
            else:
                self._consume(session)

    def _consume(self, session: Session) -> None:
        stopped = consume(session)
        if stopped:
            self.stderr.write(stop_message(stopped))
            sys.exit(NEEDS_A_PERSON)

    def _replay(self, session: Session, start: datetime | None, shown: Screen, *, fill_gap: bool) -> None:
        group = new_group()
        self.stdout.write(f"Replaying as group {group}.")
        patient = Holding(time.sleep, session.stop, session.beat)
        with suppress(AskedToStop):
            gaps = patient.until_done("opening a gap", lambda: open_gap(group, start)) if fill_gap else set()
            course = replay(session, group, start, shown.course)
            self._conclude(course, fill_gap=fill_gap)
            if gaps and course.is_through:
                patient.until_done("closing gaps", lambda: fill_gaps(gaps))

    def _conclude(self, course: Course, *, fill_gap: bool) -> None:
        if course.is_through:
            self.stdout.write(f"Replayed {course.replayed:,} events.")
        else:
            self.stdout.write(
                f"Stopped after {course.replayed:,} events. {how_to_go_on(course, fill_gap=fill_gap)}"
            )


def _session(log: EventLog, stop: StopRequest, shown: Screen) -> Session:
    options = configuration()
    alive = options.consumer.liveness_file
    return Session(
        log,
        product_steps(log, options.topics.prefix, affordable(options)),
        options.consumer,
        stop,
        Pulse(Path(alive) if alive else None).beat,
        shown.batch,
    )


def _time(text: str) -> datetime:
    try:
        return instant("--from-time", text)
    except InvalidEvent as error:
        raise CommandError(str(error)) from None


def how_to_go_on(course: Course, *, fill_gap: bool) -> str:
    """A gap is filled by nothing that begins later than it does."""
    if course.resume_at is None or fill_gap:
        return "Start it again as before."
    return f"Go on with --from-time {course.resume_at:%Y-%m-%dT%H:%M:%S.%f}Z, all else as before."
