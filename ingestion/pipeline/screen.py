"""What a person sees who runs a consumer or a replay on a terminal."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ingestion.eventlog.base import Record
from ingestion.pipeline.replay import Course


class Screen:
    """Where nobody looks: it shows nothing."""

    def batch(self, records: Sequence[Record]) -> None:
        """These are stored."""

    def course(self, course: Course) -> None:
        """So far is a replay."""


@contextmanager
def screen() -> Iterator[Screen]:
    if not sys.stderr.isatty():
        yield Screen()
        return
    from ingestion.pipeline.terminal import terminal  # only a person needs rich

    with terminal() as shown:
        yield shown
