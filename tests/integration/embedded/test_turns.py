"""A process may load its code while those before it start, and does nothing else before its turn."""

from signal import SIGINT

from tests.integration.embedded.dummies import DummyStack
from tests.running_stack import is_alive, wait_until

LOADS = ("--load-for", "0")


def test_code_is_loaded_while_the_one_before_starts_and_work_begins_after_that(stack: DummyStack) -> None:
    stack.add("slow", "--ready-after", "1.5").add("eager", *LOADS).up()

    assert stack.journal() == [
        *("slow starts", "eager loads", "slow ready"),
        *("eager starts", "eager ready"),
    ] or stack.journal() == [
        *("eager loads", "slow starts", "slow ready"),
        *("eager starts", "eager ready"),
    ]


def test_whose_turn_comes_while_it_loads_starts_once_it_has(stack: DummyStack) -> None:
    stack.add("quick").add("slow", "--load-for", "0.5").add("last").up()

    assert stack.journal()[-4:] == ["slow starts", "slow ready", "last starts", "last ready"]


def test_all_load_before_the_first_is_ready_and_start_in_order(stack: DummyStack) -> None:
    names = ("second", "third", "fourth")
    stack.add("slow", "--ready-after", "2.5")
    for name in names:
        stack.add(name, *LOADS)
    stack.up()

    ready = stack.journal().index("slow ready")
    assert {f"{name} loads" for name in names} <= set(stack.journal()[:ready])
    assert stack.journal()[ready + 1 :] == [
        f"{name} {what}" for name in names for what in ("starts", "ready")
    ]


def test_it_is_told_that_a_process_starts_when_its_turn_has_come(stack: DummyStack) -> None:
    stack.add("slow", "--ready-after", "1").add("eager", *LOADS).up()

    said = stack.said()
    assert said.index("slow is ready") < said.index("eager starts") < said.index("eager is ready")


def test_a_stop_ends_those_that_wait_for_their_turn_at_once(stack: DummyStack) -> None:
    stack.add("slow", "--ready-after", "60").add("waits", *LOADS, stop_within=3600.0).start()
    wait_until(lambda: "waits loads" in stack.journal(), "it loads")
    waits = stack.pid("waits")

    stack.signal(SIGINT)

    assert stack.exit_code() == 0
    assert not is_alive(waits)
    assert "waits starts" not in stack.journal()


def test_one_that_dies_before_its_turn_is_started_again(stack: DummyStack) -> None:
    stack.add("slow", "--ready-after", "2").add("waits", *LOADS).start()
    wait_until(lambda: "waits loads" in stack.journal(), "it loads")

    stack.kill("waits")
    stack.wait_for_line("all ready")

    assert stack.journal().count("waits loads") == 2
    assert stack.journal()[-3:] == ["slow ready", "waits starts", "waits ready"]


def test_after_a_death_too_code_is_loaded_before_the_turn_has_come(stack: DummyStack) -> None:
    stack.add("first", "--ready-after", "1.5").add("second", *LOADS).up()
    before = len(stack.journal())

    stack.kill("first")
    stack.kill("second")
    stack.wait_for_line("tell: second is ready")

    journal = stack.journal()[before:]
    assert journal.index("second loads") < journal.index("first ready") < journal.index("second starts")
