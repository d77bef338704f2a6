"""How far the consumers are behind is known from the log itself, and so also while none of them lives."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from analytics_project import readings
from analytics_project.readings import Readings, log_lag
from ingestion.eventlog.base import EventLog
from tests.contract.eventlog.engines import ServerLab, fresh_name
from tests.contract.eventlog.labs import kafka_lab, redis_lab, server_lab
from tests.contract.eventlog.reading import consuming, read, write

__all__ = ["kafka_lab", "redis_lab", "server_lab"]


@pytest.fixture
def log(server_lab: ServerLab, monkeypatch: pytest.MonkeyPatch) -> Iterator[EventLog]:
    with closing(server_lab.open(fresh_name())) as log:
        monkeypatch.setattr(readings, "event_log", lambda: log)
        yield log


def test_the_metrics_tell_the_lag_though_no_consumer_lives(log: EventLog) -> None:
    write(log, 10)
    with consuming(log) as consumer:
        consumer.commit(read(consumer, 4).receipts)
    assert b"\nca_log_lag 6.0\n" in Readings(log_lag, seconds=60).page()
