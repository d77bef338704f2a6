"""The product's own stack, with every process killed in turn. The tests run in this order, on one stack."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from signal import SIGINT, SIGKILL

import pytest

from embedded.ports import bind_error
from embedded.process_table import family
from embedded.stack import stack as stack_of
from tests.running_stack import RealStack, is_alive, wait_until

STORES = ("postgres", "redis_log", "redis_cache", "clickhouse")
SUPERVISED = (*STORES, "web", "worker", "consumer", "beat", "flower", "simulator")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStack]:
    stack = RealStack(tmp_path_factory.mktemp("stack"), CA_DATA_SOURCE="fake")
    with stack.torn_down():
        stack.up()
        yield stack


def starts_and_answers(stack: RealStack) -> list[str]:
    """What the supervisor has said, in order: who starts, who is ready."""
    lines = (stack.data_dir / "logs" / "stack.log").read_text().splitlines()
    said = [line.split(maxsplit=1)[1] for line in lines if line.startswith("supervisor ")]
    return [line.split(" (")[0] for line in said if re.search(r"^\w+ (starts|is ready \(.*\))$", line)]


def in_strict_order(names: Sequence[str]) -> list[str]:
    return [f"{name} {what}" for name in names for what in ("starts", "is ready")]


def test_every_process_starts_when_the_one_before_is_ready(stack: RealStack) -> None:
    assert starts_and_answers(stack) == in_strict_order(
        [process.name for process in stack_of(stack.options())]
    )


def test_it_ends_its_start_with_one_screen_of_what_a_person_needs(stack: RealStack) -> None:
    port = stack.environment["CA_WEB_PORT"]

    for needed in (f":{port}/api/docs/", f":{port}/admin/", "Flower", "Demo sign-in", str(stack.data_dir)):
        assert needed in stack.said()


def test_every_process_is_named_in_the_state_and_answers(stack: RealStack) -> None:
    assert tuple(stack.state()["processes"]) == SUPERVISED
    assert {name: stack.answers(name) for name in SUPERVISED} == dict.fromkeys(SUPERVISED, "yes")


def test_no_password_stands_on_a_command_line(stack: RealStack) -> None:
    options = stack.options()
    secrets = [options.postgres.password, options.redis_log.password, options.flower.password]

    lines = [Path(f"/proc/{pid}/cmdline").read_text() for pid in family(stack.supervisor.pid)]

    assert not [line for line in lines for secret in secrets if secret in line]


def test_the_doctor_tells_memory_and_answer_of_every_process(stack: RealStack) -> None:
    report = subprocess.run(
        [sys.executable, "-m", "embedded", "doctor"],
        env=stack.environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    rows = {line.split()[0]: line.split() for line in report.splitlines() if line.strip()}
    for name in SUPERVISED:
        assert rows[name][1] == str(stack.pid(name))
        assert int(rows[name][2]) > 0
        assert rows[name][-1] == "yes"
    assert int(rows["total"][1]) > int(rows["web"][2])


@pytest.mark.parametrize("name", SUPERVISED)
def test_a_killed_process_comes_back_without_leaving_an_orphan(stack: RealStack, name: str) -> None:
    everybody = family(stack.pid(name))
    said_before = stack.said().count(f"{name} is ready")

    os.kill(everybody[0], SIGKILL)
    wait_until(lambda: stack.said().count(f"{name} is ready") > said_before, f"{name} is back")

    assert f"{name} ended with signal SIGKILL; it is started again" in stack.said()
    assert stack.answers(name) == "yes"
    assert not [pid for pid in everybody if is_alive(pid)]


def test_after_the_death_of_all_too_every_process_starts_when_the_one_before_is_ready(
    stack: RealStack,
) -> None:
    before = len(starts_and_answers(stack))
    everybody = [stack.pid(name) for name in SUPERVISED]

    for pid in everybody:
        os.kill(pid, SIGKILL)
    wait_until(lambda: starts_and_answers(stack)[before:][-1:] == ["simulator is ready"], "all are back")

    assert starts_and_answers(stack)[before:] == in_strict_order(SUPERVISED)


def test_a_killed_worker_of_the_web_server_is_replaced(stack: RealStack) -> None:
    worker = family(stack.pid("web"))[-1]

    os.kill(worker, SIGKILL)
    wait_until(lambda: not is_alive(worker), "the worker is gone")
    wait_until(lambda: stack.answers("web") == "yes", "the web server answers again")

    assert stack.answers("web") == "yes"


def test_after_a_kill_of_supervisor_web_and_worker_nothing_is_left_and_the_next_start_finds_the_data(
    stack: RealStack,
) -> None:
    everybody = family(stack.supervisor.pid)
    parents = [stack.pid("web"), stack.pid("worker")]
    secrets = (stack.data_dir / "secrets.json").read_text()

    stack.signal(SIGKILL)
    for pid in parents:
        os.kill(pid, SIGKILL)
    stack.exit_code()
    wait_until(lambda: not [pid for pid in everybody if is_alive(pid)], "all of them are gone")
    stack.up()

    assert (stack.data_dir / "secrets.json").read_text() == secrets
    assert stack.answers("web") == "yes"


def test_the_demo_gets_its_history_whatever_was_killed(stack: RealStack) -> None:
    log = stack.data_dir / "logs" / "simulator.log"

    wait_until(lambda: '"is_complete": true' in log.read_text(), "all of it is told")

    assert '"level": "error"' not in log.read_text()
    assert "simulated_facts_rejected" not in log.read_text()


def test_ctrl_c_stops_everything_in_reverse_order(stack: RealStack) -> None:
    everybody = family(stack.supervisor.pid)

    stack.signal(SIGINT)

    assert stack.exit_code() == 0
    assert not [pid for pid in everybody if is_alive(pid)]
    log = (stack.data_dir / "logs" / "stack.log").read_text()
    stops = [line.split()[1] for line in log.splitlines() if line.endswith(" stops")]
    assert stops[-len(SUPERVISED) :] == list(reversed(SUPERVISED))
    ports = [process.address for process in stack_of(stack.options()) if process.address]
    assert [address for address in ports if bind_error(address.host, address.port)] == []
