"""Our own server as a process, for tests that stop, kill or measure it."""

import re
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL

from clickhouse_driver import Client
from msgspec import structs

from embedded.child import launch_command
from embedded.clickhouse.process import command, greet, write_users_of
from embedded.ports import free_ports
from embedded.process import NotReady, Process
from runtime.options import ClickHouse

READY_WITHIN = 30.0


class RunningServer:
    def __init__(self, folder: Path, *extra: str, fsync: bool = False) -> None:
        self.options = ClickHouse(
            port=free_ports(1)[0],
            user="writer",
            password="the writer's word",
            reader_user="reader",
            reader_password="the reader's word",
            fsync=fsync,
        )
        self.folder = folder / "clickhouse"
        self.output = folder / "output"
        self._users_file = folder / "users.json"
        self._extra = extra
        write_users_of(self.options, self._users_file)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.launch()
        deadline = time.monotonic() + READY_WITHIN
        while not self._is_ready():
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, self.output.read_text()
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
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def kill(self) -> None:
        self.process.send_signal(SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait()

    def client(self, **options: object) -> Client:
        return Client(
            "127.0.0.1",
            self.options.port,
            **{"user": self.options.user, "password": self.options.password, **options},
        )

    def reader(self, **options: object) -> Client:
        return self.client(user=self.options.reader_user, password=self.options.reader_password, **options)

    def memory(self) -> int:
        """What it holds of its own, in bytes; the engine's mapped code is not counted."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return sum(int(size) * 1024 for size in re.findall(r"Rss(?:Anon|Shmem):\s+(\d+)", status))

    def staged_inserts(self) -> int:
        """Inserts whose rows it has begun to take in."""
        count = 0
        for descriptor in Path(f"/proc/{self.process.pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed since it was listed
                count += "memfd:insert" in str(descriptor.readlink())
        return count

    def _is_ready(self) -> bool:
        try:
            greet(self.options)
        except (NotReady, OSError):
            return False
        return True
