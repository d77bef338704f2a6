"""Whatever is killed while events come in, the figures at the end are those of the ledger."""

import pytest

from tests.drill.drill import OPTIONS, Load, Verdict, drill
from tests.drill.forgiving import ForgivingStack
from tests.drill.killing import Aim, Traps
from tests.required_kafka import require_kafka

LOAD = Load(events=12_000, rate=150, campaigns=12)
AIM = Aim(at_random=3, at_points=3, pause=3.0)


@pytest.fixture(scope="module", params=["redis", "kafka"])
def log(request: pytest.FixtureRequest) -> str:
    if request.param == "kafka":
        require_kafka()
    return str(request.param)


@pytest.fixture(scope="module")
def verdict(log: str, tmp_path_factory: pytest.TempPathFactory) -> Verdict:
    folder = tmp_path_factory.mktemp(f"ledger-{log}")
    traps = Traps(folder / "traps")
    stack = ForgivingStack(folder / "data", **OPTIONS, **traps.environment, CA_EVENT_LOG=log)
    with stack.torn_down():
        stack.up()
        return drill(stack, traps, LOAD, AIM, seed=7)


def test_as_many_died_and_as_much_was_sent_as_the_drill_is_to_prove(verdict: Verdict) -> None:
    assert verdict.shortfalls(LOAD, AIM) == []


def test_every_figure_is_that_of_the_oracle(verdict: Verdict) -> None:
    assert verdict.cells > 1000
    assert verdict.wrong_figures[:20] == [], verdict.evidence


def test_a_replay_of_the_log_into_an_empty_warehouse_gives_the_same_figures(verdict: Verdict) -> None:
    assert verdict.wrong_after_replay[:20] == []


def test_the_dead_letters_are_exactly_the_broken_ones(verdict: Verdict) -> None:
    assert verdict.wrong_dead_letters[:20] == []


def test_the_door_took_what_was_whole_and_rejected_what_was_broken(verdict: Verdict) -> None:
    assert (verdict.misjudged, verdict.undecided) == (set(), set())
