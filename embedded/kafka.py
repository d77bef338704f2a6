"""Our own Kafka broker, for trying and for tests: its programs, its folder, its server.

Apache Kafka as its makers publish it, copied into `build/` once by Maven, on the Java of this machine. Broker
and controller are one process, and there is one replica.
"""

import base64
import fcntl
import os
import re
import shutil
import socket
import sys
import uuid
from functools import partial
from pathlib import Path

from embedded.process import Address, Process
from embedded.step import run_program
from embedded.wheels import EngineMissing
from runtime.config import configuration
from runtime.options import REPOSITORY, Options

VERSION = "4.3.0"
PROGRAMS = REPOSITORY / "build" / f"kafka-{VERSION}"
PARTS_LIST = Path(__file__).with_name("kafka_broker.xml")
OLDEST_JAVA = 17
CLUSTER = uuid.UUID(int=1)
HEAP = ("-Xms64m", "-Xmx512m", "-XX:+UseSerialGC")
# The quick compiler alone: for minutes the thorough one takes more than its code then saves (ADR 0026).
COMPILER = ("-XX:TieredStopAtLevel=1",)


def processes(options: Options) -> list[Process]:
    """The broker and the step before it, or the wait for somebody else's brokers."""
    if not options.kafka.embedded:
        return [Process(name="kafka", ready=partial(answers, *address(options)))]
    return [setup(), server(options)]


def setup() -> Process:
    """The step that fetches the programs and formats the folder, each once."""
    return Process(name="kafka_setup", once=True, command=(sys.executable, "-m", "embedded.kafka"))


def server(options: Options) -> Process:
    host, port = address(options)
    return Process(
        name="kafka",
        command=(*java(folder(options)), "kafka.Kafka", str(settings_file(options))),
        ready=partial(answers, host, port),
        address=Address(host, port, "CA_KAFKA_BROKERS"),
        stop_within=30.0,
    )


def address(options: Options) -> tuple[str, int]:
    host, _, port = options.kafka.brokers[0].rpartition(":")
    return host, int(port)


def folder(options: Options) -> Path:
    return options.data_dir / "kafka"


def settings_file(options: Options) -> Path:
    return folder(options) / "server.properties"


def answers(host: str, port: int) -> None:
    """Raise OSError unless somebody listens: the broker does not before it is ready."""
    socket.create_connection((host, port), timeout=2).close()


def fetch() -> None:
    """Have Maven copy the broker and what it needs, if that was not done before. Raises EngineMissing."""
    require_java()
    if PROGRAMS.exists():
        return
    maven = shutil.which("mvn")
    if not maven:
        raise EngineMissing("Kafka is fetched by Maven: install it (`mvn`), or use CA_EVENT_LOG=redis.")
    PROGRAMS.parent.mkdir(exist_ok=True)
    with PROGRAMS.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second finds it done
        if not PROGRAMS.exists():
            _copy_by(maven)


def _copy_by(maven: str) -> None:
    unfinished = PROGRAMS.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    goal = (f"-DoutputDirectory={unfinished}", "-DincludeScope=runtime", "dependency:copy-dependencies")
    # By itself Java asks the list of users, in which that of a service or a container may have no home.
    told = f"{os.environ.get('MAVEN_OPTS', '')} -Duser.home={Path.home()}"
    copied = run_program([maven, "-q", "-B", "-f", str(PARTS_LIST), *goal], MAVEN_OPTS=told)
    if copied.returncode != 0:
        raise EngineMissing(f"Maven cannot fetch Kafka {VERSION}:\n{copied.stdout.strip()}")
    unfinished.rename(PROGRAMS)


def require_java() -> None:
    program = shutil.which("java")
    if not program:
        raise EngineMissing(
            f"Kafka runs on Java {OLDEST_JAVA} or newer: install it, or use CA_EVENT_LOG=redis."
        )
    said = run_program([program, "-version"]).stderr
    found = re.search(r'version "(\d+)', said)
    if not found or int(found.group(1)) < OLDEST_JAVA:
        raise EngineMissing(f"Kafka needs Java {OLDEST_JAVA} or newer; this one is: {said.strip()}")


def prepare(options: Options) -> None:
    """Write the settings and format the folder, if it is new. Safe to repeat."""
    storage = folder(options) / "log"
    storage.parent.mkdir(parents=True, exist_ok=True)
    settings_file(options).write_text(settings(options))
    (folder(options) / "log4j2.properties").write_text(LOGGING)
    if (storage / "meta.properties").exists():
        return
    format_command = (
        *java(folder(options)),
        *("kafka.tools.StorageTool", "format", "--ignore-formatted"),
        *("--cluster-id", _short(CLUSTER), "--config", str(settings_file(options))),
    )
    made = run_program(format_command)
    if made.returncode != 0:
        raise EngineMissing(f"Kafka cannot format its folder {storage}:\n{made.stdout}{made.stderr}")


def java(home: Path) -> tuple[str, ...]:
    """Java with Kafka's programs, before the name of one."""
    logging = f"-Dlog4j2.configurationFile={home / 'log4j2.properties'}"
    return ("java", *HEAP, *COMPILER, logging, "-cp", f"{PROGRAMS}/*")


def settings(options: Options) -> str:
    host, port = address(options)
    controller = f"{host}:{port + 1}"
    lines = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "listeners": f"PLAINTEXT://{host}:{port},CONTROLLER://{controller}",
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.voters": f"1@{controller}",
        "log.dirs": folder(options) / "log",
        # One replica: what is acknowledged is on the disk.
        "log.flush.interval.messages": 1,
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "auto.create.topics.enable": "false",
        # The controller dies with the broker, which need not wait for its own last session when it is back.
        "broker.session.timeout.ms": 1000,
        "broker.heartbeat.interval.ms": 250,
        "group.initial.rebalance.delay.ms": 0,
        "group.min.session.timeout.ms": 1000,
    }
    return "".join(f"{name}={value}\n" for name, value in lines.items())


LOGGING = """\
rootLogger.level = warn
rootLogger.appenderRef.stdout.ref = stdout
appender.stdout.type = Console
appender.stdout.name = stdout
appender.stdout.layout.type = PatternLayout
appender.stdout.layout.pattern = %p %c{1}: %m%n
"""


def _short(name: uuid.UUID) -> str:
    """Kafka spells its ids as 22 characters of base64."""
    return base64.urlsafe_b64encode(name.bytes).decode().rstrip("=")


def main() -> None:
    try:
        fetch()
        prepare(configuration())
    except EngineMissing as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    main()
