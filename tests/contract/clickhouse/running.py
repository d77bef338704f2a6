"""Our own server as a process, for tests that stop, kill or measure it."""

import re
from contextlib import suppress
from pathlib import Path

from clickhouse_driver import Client

from embedded.clickhouse.throw_away import ThrowAwayServer


class RunningServer(ThrowAwayServer):
    def client(self, **options: object) -> Client:
        account = {"user": self.options.user, "password": self.options.password}
        return Client("127.0.0.1", self.options.port, **{**account, **options})

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
