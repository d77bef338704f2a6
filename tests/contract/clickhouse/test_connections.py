"""Greeting, pinging, idling, leaving, and how many at once."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from clickhouse_driver import Client
from clickhouse_driver.errors import NetworkError

from tests.contract.clickhouse.refusals import DATABASE_MISSING, TOO_MANY_CONNECTIONS, WRONG_PASSWORD, refusal
from tests.contract.clickhouse.running import RunningServer
from tests.contract.clickhouse.waiting import wait_until

Start = Callable[..., RunningServer]


@pytest.mark.parametrize(
    ("user", "password"), [("writer", "wrong"), ("writer", ""), ("nobody", ""), ("", "")]
)
def test_a_wrong_name_or_password_is_refused(shared_server: RunningServer, user: str, password: str) -> None:
    with shared_server.client(user=user, password=password) as client:
        assert refusal(client.execute, "SELECT 1").code == WRONG_PASSWORD


def test_one_users_password_does_not_open_the_other(shared_server: RunningServer) -> None:
    options = shared_server.options
    with shared_server.client(user=options.user, password=options.reader_password) as client:
        assert refusal(client.execute, "SELECT 1").code == WRONG_PASSWORD


def test_a_missing_database_is_refused_at_the_greeting(connect: Callable[..., Client]) -> None:
    assert refusal(connect(database="missing").execute, "SELECT 1").code == DATABASE_MISSING


def test_the_server_tells_its_version_and_zone(client: Client) -> None:
    client.execute("SELECT 1")

    server = client.connection.server_info

    ((version, zone),) = client.execute("SELECT version(), timezone()")
    assert server.name == "ClickHouse"
    assert version.startswith(".".join(map(str, server.version_tuple()[:2])))
    assert server.timezone == zone


def test_the_embedded_server_thinks_in_utc(shared_server: RunningServer) -> None:
    with shared_server.client() as client:
        assert client.execute("SELECT timezone(), toString(toDateTime(0))") == [
            ("UTC", "1970-01-01 00:00:00")
        ]


def test_a_ping_is_answered_before_and_between_queries(client: Client) -> None:
    client.connection.connect()

    assert client.connection.ping()
    assert client.execute("SELECT 1") == [(1,)]
    assert client.connection.ping()


def test_it_listens_on_loopback_alone(shared_server: RunningServer) -> None:
    port = f"{shared_server.options.port:04X}"
    tables = [Path("/proc/net/tcp").read_text(), Path("/proc/net/tcp6").read_text()]
    listening = [
        line.split()[1] for table in tables for line in table.splitlines() if line.split()[3] == "0A"
    ]

    assert [address for address in listening if address.endswith(f":{port}")] == [f"0100007F:{port}"]


def test_an_idle_connection_is_dropped_and_the_driver_comes_back(own_server: Start) -> None:
    server = own_server("--idle-seconds", "0.3")
    with server.client() as client:
        client.execute("SET max_threads = 3")
        time.sleep(1.5)

        assert client.execute("SELECT getSetting('max_threads') = 3") == [(0,)]


def test_too_many_connections_are_told_so_and_a_freed_place_is_given_again(own_server: Start) -> None:
    server = own_server("--connections", "3")
    clients = [server.client() for _ in range(3)]
    for client in clients:
        client.execute("SELECT 1")

    with server.client() as late:
        assert refusal(late.execute, "SELECT 1").code == TOO_MANY_CONNECTIONS

    clients.pop().disconnect()
    with server.client() as late:
        wait_until(lambda: _answers(late))
    for client in clients:
        assert client.execute("SELECT 1") == [(1,)]
        client.disconnect()


def test_a_running_query_may_finish_when_the_server_is_stopped(own_server: Start) -> None:
    server = own_server()
    with server.client() as client:
        rows = client.execute_iter(
            "SELECT sleepEachRow(0.1) FROM numbers(20)", settings={"max_block_size": 1}
        )
        next(rows)

        server.process.terminate()

        assert sum(1 for _ in rows) == 19
    assert server.process.wait() == 0


def test_a_stop_does_not_wait_for_idle_clients(own_server: Start) -> None:
    server = own_server()
    with server.client() as client:
        client.execute("SELECT 1")

        assert server.stop() == 0

        with pytest.raises(NetworkError):
            client.execute("SELECT 1")


def test_a_second_server_on_the_same_folder_does_not_start(own_server: Start, tmp_path: Path) -> None:
    own_server()
    second = RunningServer(tmp_path)
    second.output = tmp_path / "output of the second"

    second.launch()

    assert second.process.wait() != 0
    assert "cannot open" in second.output.read_text()
    assert "(code 36)" in second.output.read_text()
    assert "Traceback" not in second.output.read_text()


def test_a_taken_port_is_told_in_a_line(own_server: Start, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        server = RunningServer(tmp_path)
        server.use_port(holder.getsockname()[1])
        server.launch()

        assert server.process.wait() != 0
    assert "already in use" in server.output.read_text()
    assert "Traceback" not in server.output.read_text()


def _answers(client: Client) -> bool:
    try:
        return bool(client.execute("SELECT 1") == [(1,)])
    except Exception:
        return False
