"""The three logs that must keep the contract, each on a server of its own."""

from collections.abc import Iterator

import pytest

from ingestion.eventlog.base import EventLog
from tests.contract.eventlog.engines import Lab, MemoryLab, fresh_name
from tests.contract.eventlog.labs import kafka_lab, redis_lab, server_lab

__all__ = ["kafka_lab", "redis_lab", "server_lab"]


@pytest.fixture(scope="session", params=["memory", "redis", "kafka"])
def lab(request: pytest.FixtureRequest) -> Lab:
    if request.param == "memory":
        return MemoryLab()
    lab: Lab = request.getfixturevalue(f"{request.param}_lab")
    return lab


@pytest.fixture
def name() -> str:
    return fresh_name()


@pytest.fixture
def log(lab: Lab, name: str) -> Iterator[EventLog]:
    opened = lab.open(name)
    yield opened
    opened.close()
