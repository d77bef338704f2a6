"""A server of the log for each kind that a test may kill, once for all tests of a process that ask for it."""

from collections.abc import Iterator

import pytest

from tests.contract.eventlog.engines import KafkaLab, RedisLab, ServerLab
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


@pytest.fixture(scope="session", params=["redis", "kafka"])
def server_lab(request: pytest.FixtureRequest) -> ServerLab:
    lab: ServerLab = request.getfixturevalue(f"{request.param}_lab")
    return lab
