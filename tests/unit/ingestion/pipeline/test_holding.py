"""What passes is waited out, what does not ends the process."""

import pytest

from ingestion.errors import TransientFailure
from ingestion.pipeline import holding
from ingestion.pipeline.holding import Holding
from ingestion.pipeline.stop_request import AskedToStop, StopRequest
from warehouse.errors import WarehouseRefused, WarehouseUnavailable


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(holding, "LONGEST_PAUSE", 0.004)


class Held:
    """Counts how often the partitions were kept, and who was told of life."""

    def __init__(self) -> None:
        self.stop = StopRequest()
        self.held = self.beats = 0
        self.holding = Holding(self._hold, self.stop, self._beat)

    def _hold(self, seconds: float) -> None:
        self.held += 1

    def _beat(self) -> None:
        self.beats += 1


@pytest.mark.parametrize("failure", [TransientFailure("away"), WarehouseUnavailable("away")])
def test_what_passes_by_itself_is_tried_until_it_is_done(failure: Exception) -> None:
    world, failures = Held(), [failure] * 5

    def action() -> str:
        if failures:
            raise failures.pop()
        return "done"

    assert world.holding.until_done("inserting", action) == "done"
    assert world.held >= 5
    assert world.beats >= 5


@pytest.mark.parametrize("failure", [WarehouseRefused(1, "no"), KeyError("a mistake")])
def test_what_no_waiting_mends_is_raised_at_once(failure: Exception) -> None:
    world = Held()

    def action() -> None:
        raise failure

    with pytest.raises(type(failure)):
        world.holding.until_done("inserting", action)
    assert world.held == 0


def test_a_request_to_stop_ends_the_wait() -> None:
    world = Held()

    def action() -> None:
        world.stop.make()
        raise TransientFailure("away")

    with pytest.raises(AskedToStop):
        world.holding.until_done("inserting", action)


def test_a_log_that_is_away_as_well_is_waited_for() -> None:
    def hold(_: float) -> None:
        raise TransientFailure("the log is away, too")

    answers = iter([True, False])

    def action() -> None:
        if next(answers):
            raise TransientFailure("away")

    Holding(hold, StopRequest(), lambda: None).until_done("polling", action)
