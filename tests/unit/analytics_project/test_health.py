"""The examiner: side by side, never hanging, saying nothing that is nobody's business."""

import threading
from collections.abc import Callable

from analytics_project.health import CHECKS, Check, Examiner, Unready, _migrations_of_this_code


def fine() -> None:
    """A dependency that can be used."""


def broken() -> None:
    raise OSError("connection to db.internal as admin refused")


def examine(*asks: Callable[[], None]) -> list[tuple[str, bool, str]]:
    findings = Examiner([Check(ask.__name__, ask) for ask in asks]).examine()
    return [(finding.name, finding.ok, finding.detail) for finding in findings]


def test_each_dependency_is_named_with_what_was_found() -> None:
    assert examine(fine, broken) == [("fine", True, ""), ("broken", False, "does not answer")]


def test_what_an_error_says_is_not_shown_for_it_may_name_hosts_and_users() -> None:
    [(_, _, detail)] = examine(broken)
    assert "internal" not in detail


def test_a_check_may_say_itself_what_is_wrong() -> None:
    def empty() -> None:
        raise Unready("2 are not applied")

    assert examine(empty) == [("empty", False, "2 are not applied")]


def test_a_dependency_that_hangs_is_told_and_delays_no_other() -> None:
    released = threading.Event()

    def hanging() -> None:
        released.wait()

    examiner = Examiner([Check("hanging", hanging), Check("fine", fine)], seconds=0.05)
    try:
        hung, answered = examiner.examine()
    finally:
        released.set()
    assert (hung.ok, hung.detail) == (False, "did not answer within 0.05 s")
    assert answered.ok


def test_probes_that_come_while_a_check_hangs_start_no_second_one() -> None:
    released, started = threading.Event(), []

    def hanging() -> None:
        started.append(1)
        released.wait()

    examiner = Examiner([Check("hanging", hanging)], seconds=0.02)
    try:
        for _ in range(5):
            examiner.examine()
    finally:
        released.set()
    assert len(started) == 1


def test_a_dependency_that_comes_back_is_found_again() -> None:
    states = iter([broken, fine])
    examiner = Examiner([Check("changing", lambda: next(states)())])
    assert [examiner.examine()[0].ok for _ in range(2)] == [False, True]


def test_checks_run_side_by_side() -> None:
    together = threading.Barrier(2, timeout=10)

    def meets() -> None:
        together.wait()

    findings = Examiner([Check("one", meets), Check("other", meets)], seconds=10).examine()
    assert [finding.ok for finding in findings] == [True, True]


def test_the_product_asks_for_all_that_it_stands_on() -> None:
    names = ["postgres", "migrations", "event_log", "redis_log", "redis_cache", "clickhouse"]
    assert [check.name for check in CHECKS] == names


def test_the_migrations_of_this_code_are_those_in_its_folders() -> None:
    known = _migrations_of_this_code()
    assert ("accounts", "0001_initial") in known
    assert ("auth", "0001_initial") in known
    assert not [name for _, name in known if not name[:4].isdigit()]
