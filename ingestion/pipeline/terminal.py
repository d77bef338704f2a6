"""The line at the bottom of a terminal."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)

from ingestion.eventlog.base import Record
from ingestion.pipeline.replay import Course
from ingestion.pipeline.screen import Screen


class Terminal(Screen):
    """One line that stays at the bottom. Log lines go to the same place and may break it for a moment."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("waiting for events", total=None, start=False)

    def batch(self, records: Sequence[Record]) -> None:
        logged = datetime.fromtimestamp(records[-1].logged_ms / 1000, UTC)
        self._start()
        self._progress.update(
            self._task, advance=len(records), description=f"stored up to {logged:%Y-%m-%d %H:%M:%S} UTC"
        )

    def course(self, course: Course) -> None:
        self._start()
        self._progress.update(
            self._task, completed=course.replayed, total=course.total or None, description="replayed"
        )

    def _start(self) -> None:
        if not self._progress.tasks[0].started:
            self._progress.start_task(self._task)


@contextmanager
def terminal() -> Iterator[Terminal]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as progress:
        yield Terminal(progress)
