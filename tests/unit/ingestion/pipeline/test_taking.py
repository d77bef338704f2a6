"""The way of a batch: in which order, and what a failure at each step leaves behind."""

from collections.abc import Callable, Mapping, Sequence
from threading import Event
from typing import Any
from uuid import uuid4

import pytest

from ingestion.errors import TransientFailure
from ingestion.eventlog.base import MAIN_GROUP, Entry
from ingestion.eventlog.memory import MemoryLog
from ingestion.eventlog.topics import METRIC_EVENTS, TOPICS, entry_of, topic_of
from ingestion.pipeline import holding
from ingestion.pipeline.consumer import take
from ingestion.pipeline.gathering import Gathered
from ingestion.pipeline.holding import Holding
from ingestion.pipeline.stop_request import AskedToStop, StopRequest
from tests.logged_events import mixture
from tests.unit.ingestion.pipeline.steps import Noted, NotingConsumer
from warehouse.errors import WarehouseRefused, WarehouseUnavailable
from warehouse.tables import Table

WORKSPACE = uuid4()
PATIENCE = 60.0
INSERTS = ["insert metric_events", "insert interactions", "insert snapshot_slices", "insert snapshots"]
WAY = ["look", *INSERTS, "nudge", "remember", "bury", "commit"]


class Lab:
    """A batch of every kind of event, one of them broken, in front of a consumer."""

    def __init__(self) -> None:
        self.noted = Noted()
        self.stop = StopRequest()
        self.log = MemoryLog()
        for event in mixture(WORKSPACE, 4):
            self.log.produce(topic_of(event), [entry_of(event)])
        self.log.produce(METRIC_EVENTS, [Entry(b"", b"broken")])
        self.consumer = NotingConsumer(self.log.consumer(MAIN_GROUP, TOPICS), self.noted)

    def take(self) -> None:
        hold = Holding(self.consumer.hold, self.stop, lambda: None)
        batch = Gathered(*self.consumer.poll(100, 0))
        take(batch, self.consumer, self.noted.steps(), hold, self.meanwhile)

    def meanwhile(self, is_over: Callable[[], bool]) -> None:
        """Nothing."""

    def lag(self) -> int:
        return sum(self.log.lag(MAIN_GROUP, TOPICS).values())


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setattr(holding, "FIRST_PAUSE", 0.001)
    return Lab()


def test_everything_is_stored_before_anything_is_remembered_and_committing_is_last(lab: Lab) -> None:
    lab.take()
    assert lab.noted.order == WAY
    assert lab.lag() == 0
    assert [dead.value for dead in lab.noted.dead] == [b"broken"]


@pytest.mark.parametrize("step", INSERTS)
def test_a_warehouse_that_is_away_holds_the_batch_until_all_of_it_is_stored(lab: Lab, step: str) -> None:
    lab.noted.failures[step] = [WarehouseUnavailable("away")] * 2
    lab.take()
    assert lab.noted.order.count(step) == 3
    assert "hold" in lab.noted.order
    assert lab.noted.order[-4:] == WAY[-4:]
    assert lab.lag() == 0


@pytest.mark.parametrize("step", ["bury", "commit"])
def test_dead_letters_and_the_commit_are_waited_for_without_storing_again(lab: Lab, step: str) -> None:
    lab.noted.failures[step] = [TransientFailure("away", retry_after=0.001)]
    lab.take()
    assert [name for name in lab.noted.order if name in INSERTS] == INSERTS
    assert lab.lag() == 0


@pytest.mark.parametrize("step", [name for name in WAY if name != "commit"])
def test_a_mistake_of_ours_at_any_step_ends_it_and_commits_nothing(lab: Lab, step: str) -> None:
    lab.noted.failures[step] = [KeyError("a mistake")]
    with pytest.raises(KeyError):
        lab.take()
    assert "commit" not in lab.noted.order
    assert lab.lag() == 8


def test_a_refusal_of_the_warehouse_ends_it_and_commits_nothing(lab: Lab) -> None:
    lab.noted.failures[INSERTS[0]] = [WarehouseRefused(27, "cannot parse")]
    with pytest.raises(WarehouseRefused):
        lab.take()
    assert lab.lag() == 8


def test_a_request_to_stop_while_it_holds_leaves_the_batch_to_the_next_one(lab: Lab) -> None:
    lab.noted.failures[INSERTS[0]] = [WarehouseUnavailable("away")]
    lab.stop.make()
    with pytest.raises(AskedToStop):
        lab.take()
    assert lab.lag() == 8


def test_without_dead_letters_and_snapshots_nothing_is_asked_for_them() -> None:
    lab = Lab()
    lab.log = MemoryLog()
    (event, *_) = mixture(WORKSPACE, 1)
    lab.log.produce(topic_of(event), [entry_of(event)])
    lab.consumer = NotingConsumer(lab.log.consumer(MAIN_GROUP, TOPICS), lab.noted)
    lab.take()
    assert list(lab.noted.rows) == ["metric_events"]


def test_the_next_batch_is_gathered_while_this_one_is_inserted(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathered = Event()
    insert, was_waited_for = lab.noted.insert, []

    def slow(table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
        was_waited_for.append(gathered.wait(PATIENCE))
        insert(table, columns)

    def meanwhile(is_over: Callable[[], bool]) -> None:
        assert not is_over()
        assert lab.noted.order == ["look"]
        gathered.set()

    monkeypatch.setattr(lab.noted, "insert", slow)
    monkeypatch.setattr(lab, "meanwhile", meanwhile)
    lab.take()
    assert all(was_waited_for)
    assert lab.noted.order == WAY


def test_a_mistake_while_the_next_batch_is_gathered_ends_it_and_commits_nothing(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab, "meanwhile", lambda is_over: {}["a mistake"])
    with pytest.raises(KeyError):
        lab.take()
    assert "commit" not in lab.noted.order
