"""The engines alone, for as long as somebody needs them: what the test suite and the benchmarks run on."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM

from embedded.child import launch_command
from embedded.ports import free_pair, free_ports
from embedded.process import Process
from runtime.readiness import READY_FILE

READY_WITHIN = 60.0


class EnginesFailed(Exception):
    """The engines did not come up; carries what they printed."""


def throw_away_places(data_dir: Path) -> dict[str, str]:
    """The variables of a copy that lives in this folder, on ports that are free now."""
    postgres, log, cache, clickhouse, web, flower = ports = free_ports(6)
    kafka = free_pair(besides=ports)  # the controller listens beside the broker
    return {
        "CA_DATA_DIR": str(data_dir),
        "CA_CONFIG_FILE": os.devnull,
        "CA_POSTGRES_PORT": str(postgres),
        "CA_REDIS_LOG_PORT": str(log),
        "CA_REDIS_CACHE_PORT": str(cache),
        "CA_CLICKHOUSE_PORT": str(clickhouse),
        "CA_KAFKA_BROKERS": f"127.0.0.1:{kafka}",
        "CA_WEB_PORT": str(web),
        "CA_FLOWER_PORT": str(flower),
        "CA_DATA_SOURCE": "real",  # nothing comes in that nobody sent
    }


@contextmanager
def running_engines(environment: Mapping[str, str]) -> Iterator[None]:
    """Start the engines that this environment describes; stop them at the end of the block.

    They also end when this process dies, however it dies. Raises EnginesFailed.
    """
    data_dir = Path(environment["CA_DATA_DIR"])
    ready_file = data_dir / "engines.ready"
    ready_file.unlink(missing_ok=True)
    order = Process(
        name="engines", command=(sys.executable, "-m", "embedded", "engines"), orphan_signal=SIGTERM
    )
    printed = data_dir / "engines.log"
    with printed.open("wb") as output:
        supervisor = subprocess.Popen(
            launch_command(order),
            env={**environment, READY_FILE: str(ready_file)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(supervisor, ready_file, printed)
        yield
    finally:
        supervisor.terminate()
        supervisor.wait()


def _wait(supervisor: subprocess.Popen[bytes], ready_file: Path, printed: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while not ready_file.exists():
        if supervisor.poll() is not None or time.monotonic() > deadline:
            raise EnginesFailed(f"The engines did not come up:\n{printed.read_text()}")
        time.sleep(0.02)
