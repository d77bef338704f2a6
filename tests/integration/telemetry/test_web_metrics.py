"""Figures and log lines of the real web server with several processes."""

import json
import os
import signal
from pathlib import Path

from tests.integration.telemetry.until import until
from tests.integration.telemetry.web_server import WebServer, web_server

ROUTE = "health/live/"


def kill_and_wait_for_another(server: WebServer, victim: int) -> None:
    os.kill(victim, signal.SIGKILL)
    until(lambda: victim not in server.workers(), "the killed process is gone")
    server.wait_for_workers(started=3)


def test_no_request_is_lost_or_counted_twice_when_a_process_is_killed_and_comes_back(tmp_path: Path) -> None:
    with web_server(workers=2, log=tmp_path / "web.log") as server:
        asked = server.ask_until_all_counted()
        assert server.requests(ROUTE) == asked

        victim = server.workers()[0]
        kill_and_wait_for_another(server, victim)
        assert server.requests(ROUTE) == asked
        asked += server.ask_until_all_counted()
        assert server.requests(ROUTE) == asked
        assert len(server.counting_processes()) == 3


def test_a_process_that_was_killed_leaves_nothing_in_progress(tmp_path: Path) -> None:
    with web_server(workers=2, log=tmp_path / "web.log") as server:
        server.ask_until_all_counted()
        kill_and_wait_for_another(server, server.workers()[0])
        assert server.figures()["ca_http_requests_in_progress", frozenset()] == 1, "the question itself"


def test_the_web_server_writes_json_lines_without_paths_or_tokens(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    with web_server(workers=1, log=log) as server:
        server.get("/api/docs/problems/conflict/?token=hunter2", **{"X-Request-Id": "mine"})
        server.get("/no/such/page/hunter2")
        server.get("/api/docs/problems/hunter2", Authorization="Bearer hunter2-hunter2")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    requests = [(line["route"], line["status"]) for line in lines if line["event"] == "request"]
    assert requests == [
        ("api/docs/problems/<slug:code>/", 200),
        ("unresolved", 404),
        ("api/docs/problems/<slug:code>/", 404),
    ]
    assert [line["status"] for line in lines if line.get("request_id") == "mine"] == [200]
    assert "_granian" in {line["logger"] for line in lines}
    assert "hunter2" not in log.read_text()
