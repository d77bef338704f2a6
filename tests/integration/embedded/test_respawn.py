"""A process that dies comes back, unless that is hopeless or forbidden."""

from itertools import pairwise

from runtime.restarts import ask_for_restart
from tests.integration.embedded.dummies import DummyStack
from tests.running_stack import is_alive, wait_until


def test_a_killed_process_comes_back_and_both_are_said(stack: DummyStack) -> None:
    stack.add("server").up()
    old = stack.pid("server")

    stack.kill("server")
    stack.wait_for_line("tell: server is ready")

    assert "tell: server ended with signal SIGKILL; it is started again" in stack.said()
    assert stack.pid("server") != old


def test_after_a_respawn_too_each_waits_until_the_one_before_is_ready(stack: DummyStack) -> None:
    stack.add("first", "--ready-after", "0.5").add("second").up()
    before = len(stack.journal())

    stack.kill("first")
    stack.wait_for_line("tell: first ended with signal SIGKILL")  # on a busy machine it may die last
    stack.kill("second")
    stack.wait_for_line("tell: second is ready")

    assert stack.journal()[before:] == ["first starts", "first ready", "second starts", "second ready"]


def test_after_a_respawn_too_nobody_starts_while_anyone_before_is_not_ready(stack: DummyStack) -> None:
    stack.add("store", "--ready-after", "0.5").add("alive").add("last").up()
    before = len(stack.journal())

    stack.kill("store")
    stack.wait_for_line("tell: store ended with signal SIGKILL")
    stack.kill("last")
    stack.wait_for_line("tell: last is ready")

    assert stack.journal()[before:] == ["store starts", "store ready", "last starts", "last ready"]


def test_a_process_behind_a_dead_one_keeps_running(stack: DummyStack) -> None:
    stack.add("first").add("second").up()
    second = stack.pid("second")

    stack.kill("first")
    stack.wait_for_line("tell: first is ready")

    assert stack.pid("second") == second


def test_a_process_that_is_not_ready_in_time_is_started_again(stack: DummyStack) -> None:
    stack.add("slow", "--ready-after", "60", ready_within=2.0).start()

    stack.wait_for_line("slow was not ready within 2 s")

    wait_until(lambda: stack.journal().count("slow starts") > 1, "it is started again")


def test_after_ten_quick_deaths_the_stack_stops_and_says_what_is_wrong(stack: DummyStack) -> None:
    stack.add("first").add("broken", "--exit", "3").start()

    assert stack.exit_code() == 1
    assert stack.journal().count("broken starts") == 10
    assert "broken ended with exit code 3, 10 times in a row" in stack.said()
    assert "broken says hello" in stack.said()
    assert stack.journal()[-1] == "first stops"


def test_after_three_quick_deaths_each_further_start_waits_twice_as_long(stack: DummyStack) -> None:
    stack.with_patience(free=3, first_wait=0.75, most=6).add("broken", "--exit", "3").start()

    assert stack.exit_code() == 1
    starts = stack.times("broken starts")
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert len(gaps) == 5
    assert gaps[3] >= 0.75
    assert gaps[4] >= 1.5


def test_an_exit_code_that_asks_for_a_person_is_not_answered_with_a_restart(stack: DummyStack) -> None:
    stack.add("server").add("picky", "--ready-after", "0.2", "--exit", "7", final_exits=[7]).start()
    stack.wait_for_line(
        "picky ended with exit code 7 and stays down until a person looks at it: picky says hello"
    )

    stack.kill("server")
    stack.wait_for_line("tell: server is ready")

    assert stack.journal().count("picky starts") == 1
    assert list(stack.state()["processes"]) == ["server"]
    assert is_alive(stack.supervisor.pid)


def test_it_is_started_again_once_somebody_asks_for_that_and_only_then(stack: DummyStack) -> None:
    stack.add("picky", "--exit", "7", final_exits=[7]).start()
    stack.wait_for_line("picky ended with exit code 7 and stays down until a person looks at it")

    ask_for_restart(stack.data_dir, "picky")
    stack.wait_for_line("picky is started again, as was asked")
    wait_until(lambda: stack.said().count("picky ended with exit code 7") == 2, "it ended again")

    assert stack.journal().count("picky starts") == 2
