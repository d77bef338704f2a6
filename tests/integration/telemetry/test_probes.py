"""/health, /health/live, /health/ready and /metrics on the real engines."""

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from msgspec.structs import replace

from analytics_project import health
from api.problems import CONTENT_TYPE
from embedded.wheels import valkey_server
from runtime.config import configuration
from tests.integration.telemetry.until import until
from warehouse.client import Reader, reader_of

EVERY_PROBE = ["/health/", "/health/live/", "/health/ready/", "/metrics/"]
WITHIN = 20.0


@pytest.fixture
def client() -> Client:
    return Client()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for_status(client: Client, status: int) -> Any:
    deadline = time.monotonic() + WITHIN
    while (response := client.get("/health/ready/")).status_code != status:
        assert time.monotonic() < deadline, response.content
        time.sleep(0.05)
    return response


# --- live --------------------------------------------------------------------------------------


def test_live_answers_without_asking_any_dependency(client: Client, no_redis_log: int) -> None:
    """This test may not touch the database: pytest-django would refuse."""
    assert client.get("/health/live/").json() == {"status": "ok"}


# --- ready -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_ready_when_everything_answers(client: Client) -> None:
    response = client.get("/health/ready/")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_health_tells_of_every_part(client: Client) -> None:
    body = client.get("/health/").json()
    assert body["status"] == "ok"
    assert [check["name"] for check in body["checks"]] == [
        "postgres",
        "migrations",
        "event_log",
        "redis_log",
        "redis_cache",
        "clickhouse",
    ]
    assert all(check["ok"] and check["milliseconds"] > 0 for check in body["checks"])


@pytest.fixture
def no_redis_log(settings: Any) -> int:
    """The durable server is at a port where nobody listens; the port."""
    return move_redis_log(settings, free_port())


def move_redis_log(settings: Any, port: int) -> int:
    moved = settings.CACHES["redis_log"] | {"LOCATION": f"redis://127.0.0.1:{port}/15"}
    settings.CACHES = settings.CACHES | {"redis_log": moved}
    return port


@contextmanager
def valkey(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    password = configuration().redis_log.password
    server = subprocess.Popen(
        [str(valkey_server()), "--port", str(port), "--requirepass", password, "--save", ""],
        cwd=folder,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield server
    finally:
        server.kill()
        server.wait()


@pytest.mark.django_db
def test_a_server_that_was_killed_is_named_and_found_again_when_it_is_back(
    client: Client, no_redis_log: int, tmp_path: Path
) -> None:
    with valkey(tmp_path, no_redis_log) as server:
        wait_for_status(client, 200)
        server.kill()
        assert wait_for_status(client, 503).json()["failing"] == ["redis_log"]
    with valkey(tmp_path, no_redis_log):
        wait_for_status(client, 200)


@pytest.mark.django_db
def test_what_fails_is_told_as_a_problem_without_hosts_ports_or_secrets(
    client: Client, no_redis_log: int
) -> None:
    for path in ("/health/", "/health/ready/"):
        response = client.get(path)
        assert (response.status_code, response["Content-Type"]) == (503, CONTENT_TYPE)
        assert response["Retry-After"] == "5"
        assert response.json()["code"] == "unavailable"
        assert response.json()["detail"] == "redis_log does not answer"
        text = response.content.decode()
        for hidden in (str(no_redis_log), "127.0.0.1", configuration().redis_log.password):
            assert hidden not in text


@pytest.mark.django_db
def test_a_missing_postgres_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connections.settings["default"], "PORT", free_port())
    response = client.get("/health/ready/")
    assert response.json()["failing"] == ["postgres", "migrations"]
    monkeypatch.undo()
    wait_for_status(client, 200)


@pytest.mark.django_db
def test_a_postgres_that_takes_connections_and_says_nothing_does_not_hold_up_the_answer(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setitem(connections.settings["default"], "PORT", silent.getsockname()[1])
        response = client.get("/health/ready/")
    assert response.json()["failing"] == ["postgres", "migrations"]
    monkeypatch.undo()
    wait_for_status(client, 200)


@pytest.fixture
def warehouse_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Let the health check ask another ClickHouse than the suite's."""
    asked: list[Reader] = []

    def warehouse_of(**changes: Any) -> None:
        options = configuration()
        moved = replace(options, clickhouse=replace(options.clickhouse, **changes))
        asked.append(reader_of(moved))
        monkeypatch.setattr(health, "reader", lambda: asked[-1])

    yield warehouse_of
    for reader in asked:
        reader.close()


@pytest.mark.django_db
def test_a_missing_clickhouse_is_named(client: Client, warehouse_of: Callable[..., None]) -> None:
    warehouse_of(port=free_port())
    body = client.get("/health/ready/").json()
    assert (body["failing"], body["detail"]) == (["clickhouse"], "clickhouse does not answer")


@pytest.mark.django_db
def test_a_clickhouse_that_was_never_migrated_is_named(
    client: Client, warehouse_of: Callable[..., None]
) -> None:
    warehouse_of(database="not_there_yet")
    body = client.get("/health/ready/").json()
    assert body["failing"] == ["clickhouse"]
    assert "run `manage.py migrate_warehouse`" in body["detail"]


@pytest.mark.django_db(transaction=True)
def test_migrations_that_are_not_applied_are_counted(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'accounts' RETURNING name, applied")
        gone = cursor.fetchall()
    try:
        body = client.get("/health/ready/").json()
    finally:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('accounts', %s, %s)", gone
            )
    assert body["failing"] == ["migrations"]
    assert body["detail"] == f"migrations {len(gone)} are not applied: run `manage.py migrate`"


# --- who may ask, and how ----------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("path", EVERY_PROBE)
def test_a_probe_asks_by_address_without_credentials_or_cookies(client: Client, path: str) -> None:
    for form in (path, path.rstrip("/")):
        response = client.get(
            form, headers={"Host": "10.1.2.3:8000", "Accept": "application/openmetrics-text"}
        )
        assert response.status_code == 200
        assert not response.cookies
        assert response["Cache-Control"] == "no-store"
        assert "RateLimit-Limit" not in response


def test_other_routes_still_refuse_a_foreign_host(client: Client) -> None:
    assert client.get("/api/docs/", headers={"Host": "10.1.2.3:8000"}).status_code == 400


@pytest.mark.parametrize("path", EVERY_PROBE)
def test_a_probe_only_answers_reading(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_metrics_are_prometheus_text(client: Client) -> None:
    client.get("/health/live/")
    response = client.get("/metrics/")
    assert response["Content-Type"].startswith("text/plain; version=0.0.4")
    line = 'ca_http_requests_total{method="GET",route="health/live/",status="2xx"}'
    assert line in response.content.decode()


TOKEN = "a-token-for-the-monitor"


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("", 401),
        ("Bearer wrong", 401),
        (f"Basic {TOKEN}", 401),
        ("Bearer \xe9", 401),
        (f"bearer {TOKEN}", 200),
    ],
)
def test_metrics_demand_their_token_when_one_is_set(
    client: Client, monkeypatch: pytest.MonkeyPatch, header: str, status: int
) -> None:
    options = configuration()
    guarded = replace(options, web=replace(options.web, metrics_token=TOKEN))
    monkeypatch.setattr("analytics_project.probes.configuration", lambda: guarded)
    response = client.get("/metrics/", headers={"Authorization": header})
    assert response.status_code == status
    assert ("WWW-Authenticate" in response) is (status == 401)


def test_the_schema_documents_every_probe(client: Client) -> None:
    schema = client.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    paths = json.loads(schema.content)["paths"]
    assert set(EVERY_PROBE) <= paths.keys()
    assert CONTENT_TYPE in paths["/health/ready/"]["get"]["responses"]["503"]["content"]


@pytest.mark.django_db
def test_a_probe_leaves_no_connection_behind(client: Client) -> None:
    client.get("/health/")
    until(lambda: sessions() == 1, "the test's own session is the only one left")


def sessions() -> int:
    """A server process takes a moment to end after its client has gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
