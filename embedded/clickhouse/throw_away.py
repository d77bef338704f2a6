"""A server of one's own in a throw-away folder: for tests that kill it and benchmarks that load it."""

import subprocess
import time
from pathlib import Path
from signal import SIGKILL

from msgspec import structs

from embedded.child import launch_command
from embedded.clickhouse.process import command, greet, write_users_of
from embedded.ports import free_ports
from embedded.process import NotReady, Process
from runtime.options import ClickHouse

READY_WITHIN = 30.0


class DidNotStart(Exception):
    """Carries what the server printed."""


class ThrowAwayServer:
    """Ends at the latest with the process that started it."""

    def __init__(self, folder: Path, *extra: str, fsync: bool = False) -> None:
        self.options = ClickHouse(
            port=free_ports(1)[0],
            user="writer",
            password="the writer's word",  # noqa: S106
            reader_user="reader",
            reader_password="the reader's word",  # noqa: S106
            fsync=fsync,
        )
        self.folder = folder / "clickhouse"
        self.output = folder / "output"
        self._users_file = folder / "users.json"
        self._extra = extra
        write_users_of(self.options, self._users_file)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it answers. Raises DidNotStart."""
        self.launch()
        deadline = time.monotonic() + READY_WITHIN
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise DidNotStart(self.output.read_text())
            time.sleep(0.02)

    def launch(self) -> None:
        """Without waiting for it."""
        line = (*command(self.options, self.folder, self._users_file), *self._extra)
        order = launch_command(Process(name="clickhouse", command=line))
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(order, stdout=output, stderr=subprocess.STDOUT)

    def use_port(self, port: int) -> None:
        self.options = structs.replace(self.options, port=port)

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None
        return self._process

    def kill(self) -> None:
        self.process.send_signal(SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Its exit code."""
        self.process.terminate()
        return self.process.wait()

    def _is_ready(self) -> bool:
        try:
            greet(self.options)
        except (NotReady, OSError):
            return False
        return True
