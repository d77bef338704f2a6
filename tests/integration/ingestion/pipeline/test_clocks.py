"""What is claimed of the log is claimed by its own clock, whatever time the consumer's machine has."""

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from ingestion.eventlog.base import MAIN_GROUP, EventLog
from ingestion.eventlog.topics import METRIC_EVENTS
from ingestion.pipeline.progress import Progress
from tests.contract.eventlog.engines import ServerLab, fresh_name
from tests.contract.eventlog.reading import at_last
from tests.unit.ingestion.pipeline.steps import Noted

HOUR_NS = 3_600_000_000_000


@pytest.fixture
def log(server_lab: ServerLab) -> Iterator[EventLog]:
    with closing(server_lab.open(fresh_name())) as log:
        yield log


def test_a_consumer_whose_clock_is_ahead_claims_no_time_that_has_not_come(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, noted = time.time_ns, Noted()
    with closing(log.consumer(MAIN_GROUP, [METRIC_EVENTS])) as consumer:
        at_last(lambda: consumer.poll(1, 0.2) is not None and len(consumer.partitions()) == 4)
        monkeypatch.setattr(time, "time_ns", lambda: real() + HOUR_NS)
        Progress(log, consumer, noted.insert, [METRIC_EVENTS], set).tell_if_due()
    (columns,) = noted.rows["log_progress"]
    told: Any = columns["through"]
    assert real() // 1_000_000 - 60_000 < max(told) < real() // 1_000_000
