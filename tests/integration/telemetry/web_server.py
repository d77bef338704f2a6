"""The real web server, as the supervisor starts it, on a port of its own."""

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from embedded.ports import free_ports
from runtime.config import configuration
from runtime.options import REPOSITORY
from tests.integration.telemetry.until import until


class WebServer:
    def __init__(self, port: int, main: subprocess.Popen[bytes], log: Path) -> None:
        self.port = port
        self.main = main
        self.log = log

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def figures(self) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
        """By name and labels; asking for them changes those of the route `metrics/`."""
        families = text_string_to_metric_families(self.get("/metrics")[1])
        samples = [sample for family in families for sample in family.samples]
        return {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}

    def requests(self, route: str) -> float:
        labels = {"method": "GET", "route": route, "status": "2xx"}
        return self.figures().get(("ca_http_requests_total", frozenset(labels.items())), 0)

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.main.pid}/task/{self.main.pid}/children").read_text().split()
        commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children}
        return [pid for pid, command in commands.items() if b"resource_tracker" not in command]

    def ask_until_all_counted(self) -> int:
        """Ask until each process of now has answered; how many requests that made."""
        asked = 0
        while not set(self.workers()) <= self.counting_processes():
            assert asked < 2000, "one of the processes never answers"
            assert self.get("/health/live")[0] == 200
            asked += 1
        return asked

    def counting_processes(self) -> set[int]:
        """Those that counted anything, the dead ones included."""
        folder = configuration().data_dir / "run" / "metrics" / "web" / str(self.main.pid)
        return {int(path.stem.rpartition("_")[2]) for path in folder.glob("counter_*.db")}

    def wait_for_workers(self, started: int) -> None:
        """Until so many have started since the beginning, the dead ones included."""
        until(lambda: self.log.read_text().count('"Started worker-') >= started, f"{started} workers started")


@contextmanager
def web_server(workers: int, log: Path, **variables: str) -> Iterator[WebServer]:
    [port] = free_ports(1)
    environment = os.environ | {"CA_WEB_PORT": str(port), "CA_WEB_WORKERS": str(workers)} | variables
    with log.open("wb") as output:
        main = subprocess.Popen(
            [sys.executable, "-m", "runtime.serve"], cwd=REPOSITORY, env=environment, stderr=output
        )
    server = WebServer(port, main, log)
    try:
        server.wait_for_workers(started=workers)
        yield server
    finally:
        main.send_signal(signal.SIGTERM)
        main.wait()
