"""A log of its own, consumers in processes of their own, and what they leave in the raw tables."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from signal import SIGTERM
from typing import Any
from uuid import uuid4

from django.db import connection

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import MAIN_GROUP, EventLog
from ingestion.eventlog.topics import TOPICS, entry_of, topic_of
from ingestion.events.envelope import Event
from runtime.fault_points import VARIABLE
from runtime.options import REPOSITORY
from runtime.readiness import READY_FILE
from tests.contract.eventlog.engines import ServerLab
from tests.running_stack import PATIENCE, wait_until
from warehouse import client

FEATURE = "test"
PROCESS = (sys.executable, "-m", "tests.integration.ingestion.pipeline.impatient_consumer")


class ConsumerProcess:
    """`consume_events`; see impatient_consumer.py."""

    def __init__(
        self, arguments: Sequence[str], environment: dict[str, str], folder: Path, terminal: int | None = None
    ) -> None:
        """Of a person who runs it the lines go to a terminal, else to a file."""
        name = f"consumer-{uuid4().hex[:6]}"
        self._ready = folder / f"{name}.ready"
        self._output = folder / f"{name}.log"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [*PROCESS, *arguments],
                env={**os.environ, **environment, READY_FILE: str(self._ready)},
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output if terminal is None else terminal,
            )

    def wait_until_ready(self) -> "ConsumerProcess":
        wait_until(lambda: self._ready.exists() or self.process.poll() is not None, "a consumer is ready")
        assert self._ready.exists(), self.said()
        return self

    def ended(self) -> int:
        return self.process.wait(timeout=PATIENCE)

    def drained(self) -> int:
        """Ask it to finish, and tell how it ended."""
        self.wait_until_ready()
        self.signal(SIGTERM)
        return self.ended()

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def said(self) -> str:
        return self._output.read_text()


class World:
    """Belongs to one test: its own names on the log, its own workspace in the warehouse."""

    def __init__(self, lab: ServerLab, log: EventLog, name: str, folder: Path) -> None:
        self.lab = lab
        self.log = log
        self.workspace = uuid4()
        self.folder = folder
        self._name = name
        self._processes = ExitStack()

    def put(self, events: Sequence[Event]) -> None:
        for topic in TOPICS:
            entries = [entry_of(event) for event in events if topic_of(event) == topic]
            assert self.log.produce(topic, entries, timeout=20) == {}

    def consumer(self, *arguments: str, terminal: int | None = None, **environment: str) -> ConsumerProcess:
        """Started; killed at the end of the test if it still runs."""
        started = ConsumerProcess(arguments, self._places() | environment, self.folder, terminal)
        self._processes.callback(lambda: print(started.said()))  # pytest shows it where the test failed
        self._processes.callback(started.kill)
        return started

    def close(self) -> None:
        self._processes.close()

    def lag(self) -> int:
        return sum(self.log.lag(MAIN_GROUP, TOPICS).values())

    def wait_until_drained(self) -> None:
        wait_until(self._is_drained, "the log is drained")

    def _is_drained(self) -> bool:
        with suppress(TransientFailure):
            return self.lag() == 0
        return False

    def rows(self, columns: str, table: str) -> "Counter[tuple[Any, ...]]":
        sql = f"SELECT {columns} FROM {table} FINAL WHERE workspace_id = %(workspace)s"
        return Counter(client.reader().rows(sql, {"workspace": self.workspace}, feature=FEATURE))

    def _places(self) -> dict[str, str]:
        return {
            **self.lab.environment(),
            "CA_TOPICS_PREFIX": self._name,
            "CA_POSTGRES_DATABASE": connection.settings_dict["NAME"],
            VARIABLE: "",
        }
