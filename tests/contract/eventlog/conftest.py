"""The three logs that must keep the contract, each on a server of its own."""

from collections.abc import Iterator

import pytest

from ingestion.eventlog.base import EventLog
from tests.contract.eventlog.engines import KafkaLab, Lab, MemoryLab, RedisLab, ServerLab, fresh_name
from tests.required_kafka import require_kafka


@pytest.fixture(scope="session")
def redis_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisLab]:
    lab = RedisLab(tmp_path_factory.mktemp("redis"))
    yield lab
    lab.close()


@pytest.fixture(scope="session")
def kafka_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaLab]:
    require_kafka()
    lab = KafkaLab(tmp_path_factory.mktemp("kafka"))
    yield lab
    lab.close()


@pytest.fixture(scope="session", params=["memory", "redis", "kafka"])
def lab(request: pytest.FixtureRequest) -> Lab:
    if request.param == "memory":
        return MemoryLab()
    lab: Lab = request.getfixturevalue(f"{request.param}_lab")
    return lab


@pytest.fixture(scope="session", params=["redis", "kafka"])
def server_lab(request: pytest.FixtureRequest) -> ServerLab:
    lab: ServerLab = request.getfixturevalue(f"{request.param}_lab")
    return lab


@pytest.fixture
def name() -> str:
    return fresh_name()


@pytest.fixture
def log(lab: Lab, name: str) -> Iterator[EventLog]:
    opened = lab.open(name)
    yield opened
    opened.close()
