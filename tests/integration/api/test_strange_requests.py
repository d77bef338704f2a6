"""What the real web server answers to requests that no client of good will sends."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from runtime.config import configuration
from tests.integration.telemetry.web_server import WebServer, web_server

NO_SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    with web_server(workers=1, log=tmp_path_factory.mktemp("web") / "web.log") as running:
        yield running


def announce(server: WebServer, length: int) -> tuple[int, str]:
    """Say how long a body is and send none of it."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        connection.putrequest("POST", "/api/v1/auth/login/")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(length))
        connection.endheaders()
        response = connection.getresponse()
        return response.status, response.read().decode()


def test_headers_that_are_too_many_bytes_never_reach_the_product(server: WebServer) -> None:
    assert server.get("/nothing", **{"X-Padding": "x" * 30_000, "X-Request-Id": "padded"})[0] == 404
    with suppress(ConnectionError):  # of a server that hangs up on what it will not read
        assert server.get("/nothing", **{"X-Padding": "x" * 300_000, "X-Request-Id": "stuffed"})[0] == 431
    assert "padded" in server.log.read_text()
    assert "stuffed" not in server.log.read_text()


def test_http_2_with_its_megabytes_of_headers_is_not_spoken(server: WebServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + NO_SETTINGS)
        assert not connection.recv(9).startswith(b"\x00\x00")  # as a frame of settings would


@pytest.mark.parametrize("name", ["Content-Type", "Accept"])
def test_a_long_media_type_is_refused_before_anybody_reads_it(server: WebServer, name: str) -> None:
    status, body = server.get("/nothing/here", **{name: 'a/b;x="' + ";" * 50_000})
    assert status == 400
    assert json.loads(body)["errors"][0] == {
        "field": name,
        "code": "max_length",
        "message": f"At most {256 if name == 'Content-Type' else 1024} characters are read.",
    }


def test_a_body_that_is_announced_too_large_is_a_413_unread(server: WebServer) -> None:
    status, body = announce(server, configuration().web.max_body_bytes + 1)
    assert (status, json.loads(body)["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("path", ["/api/v1/campaigns/", "/admin/"])
def test_nul_in_the_cookie_of_a_session_is_no_session(server: WebServer, path: str) -> None:
    status, _ = server.get(path, Cookie='sessionid="\\000abcdefgh"')
    assert status == (302 if path == "/admin/" else 401)
