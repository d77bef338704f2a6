"""The suite's ClickHouse, of which every test has a workspace of its own, and servers that may be killed."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from msgspec import structs

from runtime.config import configuration
from runtime.options import Options
from tests.contract.clickhouse.running import RunningServer
from tests.migrated_warehouse import migrate
from warehouse.client import Reader, Writer, reader_of, writer_of


@pytest.fixture(scope="session")
def options() -> Options:
    return configuration()


@pytest.fixture
def writer(options: Options) -> Iterator[Writer]:
    writer = writer_of(options)
    yield writer
    writer.close()


@pytest.fixture
def reader(options: Options) -> Iterator[Reader]:
    reader = reader_of(options)
    yield reader
    reader.close()


@pytest.fixture
def workspace() -> UUID:
    return uuid4()


@pytest.fixture
def empty_database() -> Options:
    """The same server, with a database that does not exist yet."""
    options = configuration()
    return structs.replace(
        options, clickhouse=structs.replace(options.clickhouse, database=f"empty_{uuid4().hex}")
    )


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[RunningServer]:
    """A server that a test may kill."""
    server = RunningServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def own_options(own_server: RunningServer) -> Options:
    options = structs.replace(configuration(), clickhouse=own_server.options)
    migrate(options)
    return options
