"""Consumers on servers of the log of their own; everything else is the suite's."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.contract.eventlog.conftest import require_kafka
from tests.contract.eventlog.engines import KafkaLab, RedisLab, ServerLab, fresh_name
from tests.integration.ingestion.pipeline.world import World


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


@pytest.fixture
def world(server_lab: ServerLab, tmp_path: Path, transactional_db: None) -> Iterator[World]:
    with _world(server_lab, tmp_path) as world:
        yield world


@pytest.fixture
def redis_world(redis_lab: RedisLab, tmp_path: Path, transactional_db: None) -> Iterator[World]:
    with _world(redis_lab, tmp_path) as world:
        yield world


@contextmanager
def _world(lab: ServerLab, folder: Path) -> Iterator[World]:
    name = fresh_name()
    with closing(lab.open(name)) as log, closing(World(lab, log, name, folder)) as world:
        yield world
