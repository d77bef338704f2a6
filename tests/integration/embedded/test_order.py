"""In which order processes start and stop."""

from signal import SIGHUP, SIGINT, SIGTERM, Signals

import pytest

from tests.integration.embedded.dummies import DummyStack
from tests.running_stack import is_alive, wait_until


def test_each_process_starts_when_the_one_before_is_ready(stack: DummyStack) -> None:
    stack.add("first", "--ready-after", "0.2").add("second", "--ready-after", "0.1").add("third").up()

    names = ["first", "second", "third"]
    assert stack.journal() == [f"{name} {what}" for name in names for what in ("starts", "ready")]


def test_a_step_ends_before_the_next_process_starts(stack: DummyStack) -> None:
    stack.add("step", "--ready-after", "0.2", "--exit", "0", once=True).add("server").up()

    assert stack.journal() == ["step starts", "step ready", "server starts", "server ready"]
    assert list(stack.state()["processes"]) == ["server"]


def test_a_step_that_fails_stops_the_stack_and_shows_what_it_printed(stack: DummyStack) -> None:
    stack.add("server").add("step", "--exit", "4", once=True).add("never").start()

    assert stack.exit_code() == 1
    assert "step failed with exit code 4" in stack.said()
    assert "step says hello" in stack.said()
    assert stack.journal()[-1] == "server stops"
    assert "never starts" not in stack.journal()


@pytest.mark.parametrize("ask", [SIGINT, SIGTERM, SIGHUP])
def test_every_request_to_stop_stops_in_reverse_order(stack: DummyStack, ask: Signals) -> None:
    stack.add("first").add("second").add("third").up()

    stack.signal(ask)

    assert stack.exit_code() == 0
    assert stack.journal()[-3:] == ["third stops", "second stops", "first stops"]
    assert stack.state() == {}


def test_a_stop_is_heard_while_a_process_is_still_starting(stack: DummyStack) -> None:
    stack.add("first").add("slow", "--ready-after", "60").start()
    wait_until(lambda: "slow starts" in stack.journal(), "the slow one starts")

    stack.signal(SIGINT)

    assert stack.exit_code() == 0
    assert stack.journal()[-1] == "first stops"


def test_a_process_that_ignores_the_request_is_killed_in_its_time(stack: DummyStack) -> None:
    stack.add("first").add("deaf", "--deaf", stop_within=0.2).up()
    deaf = stack.pid("deaf")

    stack.signal(SIGINT)

    assert stack.exit_code() == 0
    assert stack.journal()[-2:] == ["deaf stops", "first stops"]
    assert not is_alive(deaf)


def test_a_second_ctrl_c_kills_what_is_left_at_once(stack: DummyStack) -> None:
    stack.add("deaf", "--deaf", stop_within=3600.0).up()
    deaf = stack.pid("deaf")

    stack.signal(SIGINT)
    wait_until(lambda: "deaf stops" in stack.journal(), "it was asked to stop")
    stack.signal(SIGINT)

    assert stack.exit_code() == 0
    assert not is_alive(deaf)
