"""A whole stack of its own in a throw-away folder, as `make run` starts it."""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedded.doctor import MIB, memory_of_family
from embedded.engines import throw_away_places
from embedded.process_table import cpu_seconds, family
from runtime.config import read_configuration
from runtime.options import REPOSITORY, Options, RateLimits

UP = "Ctrl-C stops everything"
READY_WITHIN = 180.0
MEASURED = ("web", "consumer", "worker")


@dataclass(frozen=True)
class OwnStack:
    environment: Mapping[str, str]
    demo: Mapping[str, Any]

    @property
    def port(self) -> int:
        return int(self.environment["CA_WEB_PORT"])

    def memory_mb(self) -> dict[str, float]:
        return {name: memory_of_family(self.demo["processes"][name]) / MIB for name in MEASURED}

    def work(self) -> dict[str, float]:
        """Processor time in seconds that each process took so far, with all that it started."""
        return {
            name: sum(map(cpu_seconds, family(pid))) for name, pid in self.demo["processes"].items() if pid
        }

    def options(self) -> Options:
        return read_configuration(self.environment, "")

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Raises AssertionError for an answer that tells of an error."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Authorization": f"Bearer {self.demo['api_key']}", "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status >= http.client.BAD_REQUEST:
            raise AssertionError(f"{method} {path} answered {answer.status}: {text[:300]!r}")
        return json.loads(text)

    def insights(self, campaign: str) -> Any:
        return self.call("GET", f"/api/v1/campaigns/{campaign}/insights/?granularity=day")


@contextmanager
def own_stack(**options: str) -> Iterator[OwnStack]:
    unlimited = {f"CA_RATE_LIMITS_{name.upper()}": "100000000" for name in RateLimits.__struct_fields__}
    with tempfile.TemporaryDirectory(prefix="bench-pipeline-") as folder:
        environment = {**os.environ, **throw_away_places(Path(folder)), **unlimited, **options}
        printed = Path(folder) / "printed"
        with printed.open("wb") as output:
            supervisor = subprocess.Popen(
                [sys.executable, "-m", "embedded", "run"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            _wait(supervisor, printed)
            yield OwnStack(environment, _demo(environment))
        finally:
            supervisor.terminate()
            supervisor.wait()


def _wait(supervisor: "subprocess.Popen[bytes]", printed: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while UP not in printed.read_text():
        if supervisor.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The stack did not come up:\n{printed.read_text()}")
        time.sleep(0.1)


def _demo(environment: Mapping[str, str]) -> dict[str, Any]:
    command = [sys.executable, str(REPOSITORY / "manage.py"), "demo_info", "--json"]
    printed = subprocess.run(command, env=dict(environment), stdout=subprocess.PIPE, check=True).stdout
    return dict(json.loads(printed))
