"""The product's own processes: steps before the start, web, worker, consumer, beat, Flower and simulator."""

import http.client
import sys
from functools import partial
from pathlib import Path

from embedded.process import Address, NotReady, Process
from runtime.addresses import answering
from runtime.options import REPOSITORY, Options
from runtime.restarts import CONSUMER, NEEDS_A_PERSON, restart_file

PYTHON = sys.executable
FLOWER_USER = "operations"
FLOWER_TASKS = 5_000  # that it remembers; a hundred thousand, its default, are 380 MB after a day or two
FLOWER_MODULES = "celery.bin.celery,flower.command"


def step(options: Options, command: str) -> Process:
    """A management command that must succeed before the next process starts."""
    return Process(
        name=command,
        once=True,
        command=management_command(command),
        turn_file=turn_file(options, command),
    )


def management_command(*arguments: str) -> tuple[str, ...]:
    return (PYTHON, str(REPOSITORY / "manage.py"), *arguments)


def web(options: Options) -> Process:
    web = options.web
    host = web.allowed_hosts[0] if web.allowed_hosts else web.host
    return Process(
        name="web",
        command=(PYTHON, "-m", "runtime.serve"),
        ready=partial(answers, web.host, web.port, "/health/live", host_header=host),
        address=Address(web.host, web.port, "CA_WEB_PORT"),
        turn_file=turn_file(options, "web"),
    )


def worker(options: Options) -> Process:
    ready_file = options.data_dir / "run" / "worker.ready"
    return Process(
        name="worker",
        command=(PYTHON, "-m", "analytics_project.task_processes", "worker"),
        ready=partial(announced, ready_file),
        ready_file=ready_file,
        turn_file=turn_file(options, "worker"),
    )


def consumer(options: Options) -> Process:
    """Too many dead letters end it until a person has looked at them."""
    ready_file = options.data_dir / "run" / "consumer.ready"
    return Process(
        name=CONSUMER,
        command=management_command("consume_events"),
        ready=partial(announced, ready_file),
        ready_file=ready_file,
        final_exits=frozenset({NEEDS_A_PERSON}),
        restart_file=restart_file(options.data_dir, CONSUMER),
        turn_file=turn_file(options, CONSUMER),
    )


def beat(options: Options) -> Process:
    ready_file = options.data_dir / "run" / "beat.ready"
    return Process(
        name="beat",
        command=(PYTHON, "-m", "analytics_project.task_processes", "beat"),
        ready=partial(announced, ready_file),
        ready_file=ready_file,
        turn_file=turn_file(options, "beat"),
    )


def flower(options: Options) -> Process:
    """Knows the broker alone: without the product's code it takes half the memory."""
    port = options.flower.port
    return Process(
        name="flower",
        command=(
            *(PYTHON, "-m", "runtime.turn", FLOWER_MODULES),
            *("celery", "flower", "--address=127.0.0.1", f"--port={port}", f"--max_tasks={FLOWER_TASKS}"),
        ),
        environment={
            "CELERY_BROKER_URL": options.redis_log.broker_url,
            "FLOWER_BASIC_AUTH": f"{FLOWER_USER}:{options.flower.password}",
        },
        ready=partial(answers, "127.0.0.1", port, "/healthcheck"),
        address=Address("127.0.0.1", port, "CA_FLOWER_PORT"),
        turn_file=turn_file(options, "flower"),
    )


def simulator() -> Process:
    """Ready as soon as it runs: nobody waits for its figures. Without Django, so that it stays small."""
    return Process(
        name="simulator",
        command=(PYTHON, "-m", "demo.simulator"),
        final_exits=frozenset({NEEDS_A_PERSON}),
    )


def answers(host: str, port: int, path: str, *, host_header: str = "localhost") -> None:
    """Raise NotReady or OSError unless the address answers a GET with 200."""
    connection = http.client.HTTPConnection(answering(host), port, timeout=2)
    try:
        connection.request("GET", path, headers={"Host": host_header})
        status = connection.getresponse().status
    except http.client.HTTPException as error:
        raise NotReady(f"no HTTP answer: {error!r}") from error
    finally:
        connection.close()
    if status != http.client.OK:
        raise NotReady(f"{path} answers {status}")


def turn_file(options: Options, name: str) -> Path:
    return options.data_dir / "run" / f"{name}.turn"


def announced(ready_file: Path) -> None:
    if not ready_file.exists():
        raise NotReady("it has not said so (runtime.readiness)")
