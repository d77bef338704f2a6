"""The suite runs against the embedded server, or against the server that CA_TEST_CLICKHOUSE names.

CA_TEST_CLICKHOUSE=host:port[:user:password]; tests that must kill or measure a server are then skipped.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from clickhouse_driver import Client

from tests.contract.clickhouse.running import RunningServer

OTHER_SERVER = os.environ.get("CA_TEST_CLICKHOUSE", "")

Connect = Callable[..., Client]


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One embedded server for all tests that leave it running."""
    if OTHER_SERVER:
        pytest.skip(
            f"tests the embedded server itself, and CA_TEST_CLICKHOUSE is {OTHER_SERVER.split(':')[0]}"
        )
    server = RunningServer(tmp_path_factory.mktemp("shared"))
    server.start()
    yield server
    assert server.stop() == 0, server.output.read_text()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Callable[..., RunningServer]]:
    """Start servers with other options; they are killed at the end."""
    if OTHER_SERVER:
        pytest.skip("needs an embedded server of its own, and CA_TEST_CLICKHOUSE names another")
    started: list[RunningServer] = []

    def start(*extra: str, fsync: bool = False) -> RunningServer:
        server = RunningServer(tmp_path, *extra, fsync=fsync)
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.kill()


@pytest.fixture(scope="session")
def connect_anywhere(request: pytest.FixtureRequest) -> Connect:
    if OTHER_SERVER:
        host, port, *account = OTHER_SERVER.split(":")
        user, password = account or ("default", "")
        return partial(Client, host, int(port), user=user, password=password)
    server: RunningServer = request.getfixturevalue("shared_server")
    return server.client


@pytest.fixture
def database(connect_anywhere: Connect) -> Iterator[str]:
    name = f"test_{uuid4().hex[:12]}"
    with connect_anywhere() as client:
        client.execute(f"CREATE DATABASE {name}")
        yield name
        client.execute(f"DROP DATABASE {name}")


@pytest.fixture
def connect(connect_anywhere: Connect, database: str) -> Iterator[Connect]:
    """Makes clients of the writing user in the test's own database."""
    with ExitStack() as clients:
        yield lambda **options: clients.enter_context(connect_anywhere(**{"database": database, **options}))


@pytest.fixture
def client(connect: Connect) -> Client:
    return connect()


@pytest.fixture
def reader(shared_server: RunningServer, database: str) -> Iterator[Client]:
    with shared_server.reader(database=database) as client:
        yield client
