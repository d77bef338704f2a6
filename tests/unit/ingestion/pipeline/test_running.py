"""What goes on while a consumer waits for a batch to be filled."""

from unittest.mock import MagicMock

import pytest
from msgspec import structs

from ingestion.eventlog.base import MAIN_GROUP
from ingestion.eventlog.memory import MemoryLog
from ingestion.eventlog.topics import TOPICS
from ingestion.pipeline import running
from ingestion.pipeline.running import Session
from ingestion.pipeline.stop_request import StopRequest
from runtime.options import ConsumerBounds
from tests.unit.ingestion.pipeline.steps import Noted

BEATS = 10


def test_a_nudge_that_had_to_wait_is_sent_while_the_next_batch_is_gathered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for part in ("Lookout", "Progress"):  # they speak to stores
        monkeypatch.setattr(running, part, MagicMock())
    monkeypatch.setattr("ingestion.pipeline.gathering.LONGEST_POLL", 0.001)
    log, stop, beats = MemoryLog(), StopRequest(), iter(range(BEATS))

    def beat() -> None:
        if next(beats, None) is None:
            stop.make()

    nudge = MagicMock()
    steps = structs.replace(Noted().steps(), nudge=nudge)
    session = Session(log, steps, ConsumerBounds(batch_seconds=3600), stop, beat, lambda _: None)
    running._turn_after_turn(session, log.consumer(MAIN_GROUP, TOPICS))
    assert nudge.send_if_due.call_count > BEATS // 2
