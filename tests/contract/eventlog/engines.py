"""Servers of the event log that a test may kill, and the logs on them."""

import signal
import subprocess
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from confluent_kafka import Producer
from redis import Redis

from embedded import kafka, valkey
from embedded.child import launch_command
from embedded.ports import free_pair, free_ports
from embedded.process import NotReady, Process
from ingestion.eventlog.base import Entry, EventLog, Patience
from ingestion.eventlog.kafka.log import KafkaLog
from ingestion.eventlog.memory import MemoryLog
from ingestion.eventlog.redis_streams.log import RedisLog
from ingestion.eventlog.redis_streams.server import Server
from ingestion.eventlog.topics import METRIC_EVENTS
from runtime.options import Kafka, Options
from runtime.options import RedisLog as RedisServer
from tests.contract.eventlog.reading import at_last, consuming, read

READY_WITHIN = 60.0
PARTITIONS = 4
# Short enough to wait for, long enough for a busy machine.
IMPATIENT = Patience(lease=1.5, absence=4.0)
AMPLE = 1_000_000_000


class Engine:
    """One server process."""

    def __init__(self, process: Process, output: Path) -> None:
        self._process = process
        self._output = output
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._process.prepare:
            self._process.prepare()
        with self._output.open("ab") as output:
            self._running = subprocess.Popen(
                launch_command(self._process), stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        deadline = time.monotonic() + READY_WITHIN
        while not self._is_ready():
            assert time.monotonic() < deadline, self._output.read_text()
            assert self._running.poll() is None, self._output.read_text()
            time.sleep(0.05)

    def signal(self, number: int) -> None:
        assert self._running is not None
        self._running.send_signal(number)

    def kill(self) -> None:
        """As the kernel would when memory is short: without a chance to finish anything."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            self._running = None

    def _is_ready(self) -> bool:
        with suppress(NotReady, OSError):
            self._process.ready()
            return True
        return False


class Lab(ABC):
    """One kind of log. Logs that are opened under one name are one log, as several processes see it."""

    @abstractmethod
    def open(self, name: str, patience: Patience = IMPATIENT) -> EventLog: ...

    @abstractmethod
    def add_foreign(self, name: str, topic: str) -> None:
        """Put something on partition 0 that none of ours wrote."""

    @abstractmethod
    def close(self) -> None: ...


class ServerLab(Lab):
    """A kind of log that lives in a server of its own."""

    engine: Engine

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """The options by which another process finds the server."""

    def close(self) -> None:
        self.engine.kill()


class MemoryLab(Lab):
    def __init__(self) -> None:
        self._logs: dict[str, MemoryLog] = {}

    def open(self, name: str, patience: Patience = IMPATIENT) -> EventLog:
        return self._logs.setdefault(name, MemoryLog(partitions=PARTITIONS, patience=patience))

    def add_foreign(self, name: str, topic: str) -> None:
        self.open(name).produce(topic, [Entry(b"", b"\xff\x00")])

    def close(self) -> None:
        self._logs.clear()


class RedisLab(ServerLab):
    def __init__(self, folder: Path) -> None:
        (port,) = free_ports(1)
        server = RedisServer(port=port, password="not empty")
        self.options = Options(data_dir=folder, redis_log=server)
        self.engine = Engine(valkey.log_server(self.options), folder / "valkey.log")
        self.engine.start()

    def open(
        self,
        name: str,
        patience: Patience = IMPATIENT,
        *,
        partitions: int = PARTITIONS,
        budget_bytes: int = AMPLE,
        retention_hours: float = 168,
    ) -> RedisLog:
        return RedisLog(
            *self._place(),
            prefix=name,
            partitions=partitions,
            budget_bytes=budget_bytes,
            retention_hours=retention_hours,
            patience=patience,
        )

    def client(self) -> Any:
        """The server as an operator reaches it."""
        return Redis(*self._place()[:2], password=self._place()[2])

    def server(self) -> Server:
        return Server(*self._place(), answer_within=5.0, tries=1)

    def add_foreign(self, name: str, topic: str) -> None:
        self.client().xadd(f"{name}:{topic}:0", {"colour": b"\xff"})

    def environment(self) -> dict[str, str]:
        server = self.options.redis_log
        return {
            "CA_EVENT_LOG": "redis",
            "CA_REDIS_LOG_PORT": str(server.port),
            "CA_REDIS_LOG_PASSWORD": server.password,
        }

    def _place(self) -> tuple[str, int, str]:
        server = self.options.redis_log
        return server.host, server.port, server.password


class KafkaLab(ServerLab):
    def __init__(self, folder: Path) -> None:
        self._address = f"127.0.0.1:{free_pair()}"
        options = Options(data_dir=folder, event_log="kafka", kafka=Kafka(brokers=(self._address,)))
        kafka.prepare(options)
        self.engine = Engine(kafka.server(options), folder / "kafka.log")
        self.engine.start()
        self._use_once()

    def open(self, name: str, patience: Patience = IMPATIENT, partitions: int = PARTITIONS) -> KafkaLog:
        return KafkaLog(self.servers(), prefix=name, partitions=partitions, patience=patience)

    def servers(self) -> dict[str, Any]:
        return {"bootstrap.servers": self._address}

    def _use_once(self) -> None:
        """A broker makes what producers and groups need when the first one asks: no test waits for that."""
        with closing(self.open("first-use")) as log:
            at_last(lambda: log.produce(METRIC_EVENTS, [Entry(b"", b"first")], timeout=20) == {})
            with consuming(log) as consumer:
                batch = read(consumer, 1)
                at_last(lambda: consumer.commit(batch.receipts) == set())

    def add_foreign(self, name: str, topic: str) -> None:
        producer = Producer(self.servers())
        producer.produce(f"{name}.{topic}", key=None, value=None, partition=0)
        assert producer.flush(20) == 0

    def environment(self) -> dict[str, str]:
        return {"CA_EVENT_LOG": "kafka", "CA_KAFKA_BROKERS": self._address}


@contextmanager
def outage(lab: ServerLab) -> Iterator[None]:
    """The server is killed, and comes back with what was on its disk."""
    lab.engine.kill()
    try:
        yield
    finally:
        lab.engine.start()


@contextmanager
def silence(lab: ServerLab) -> Iterator[None]:
    """The server takes connections and does not answer, like one behind a broken network."""
    lab.engine.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        lab.engine.signal(signal.SIGCONT)


def fresh_name() -> str:
    return f"test-{uuid.uuid4().hex[:8]}"
