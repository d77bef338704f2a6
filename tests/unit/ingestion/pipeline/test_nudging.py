"""At most one nudge a second, none while aggregation works or rests, and none that is forgotten."""

from typing import Any

import pytest
from celery import current_app
from kombu.exceptions import OperationalError

from api.cache_server import CacheServerDown
from ingestion.pipeline import nudging
from ingestion.pipeline.nudging import Nudge
from insights.rollups import pace


class Broker:
    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.is_away = False
        self.now = 1000.0
        self.rests_until = 0.0
        self.stored = 0
        self.has_a_worker = True  # which is done at once

    def note_asked(self) -> None:
        self.rests_until = self.now + nudging.EXPIRES

    def note_not_asked(self) -> None:
        self.rests_until = 0.0

    def rest(self) -> float:
        return max(self.rests_until - self.now, 0.0)

    def add(self, events: int) -> None:
        self.stored += events

    def send_task(self, name: str, **options: Any) -> None:
        if self.is_away:
            raise OperationalError("away")
        self.sent.append((name, options))
        if self.has_a_worker:
            self.rests_until = self.now


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    broker = Broker()
    monkeypatch.setattr(current_app._get_current_object(), "send_task", broker.send_task)
    monkeypatch.setattr(nudging.time, "monotonic", lambda: broker.now)
    monkeypatch.setattr(nudging, "_rest", broker.rest)
    monkeypatch.setattr(nudging, "_add", broker.add)
    monkeypatch.setattr(nudging, "_note_asked", broker.note_asked)
    monkeypatch.setattr(nudging, "_note_not_asked", broker.note_not_asked)
    return broker


def test_who_nudges_and_who_aggregates_mean_the_same_keys() -> None:
    assert (nudging.AT_WORK_OR_RESTING, nudging.STORED) == (pace.KEY, pace.STORED)


def test_it_names_the_task_and_its_queue_and_expires(broker: Broker) -> None:
    Nudge().send_soon(500)
    assert broker.sent == [("insights.aggregate", {"queue": "aggregate", "expires": nudging.EXPIRES})]


def test_many_inserts_in_one_second_are_one_nudge_and_one_more_after_it(broker: Broker) -> None:
    nudge = Nudge()
    for _ in range(10):
        nudge.send_soon(500)
    assert len(broker.sent) == 1
    broker.now += nudging.LEAST_SECONDS
    nudge.send_if_due()
    nudge.send_if_due()
    assert len(broker.sent) == 2


def test_nobody_is_asked_who_is_at_work_or_rests_and_somebody_is_soon_after(broker: Broker) -> None:
    nudge = Nudge()
    broker.rests_until = broker.now + 2
    nudge.send_soon(500)
    while broker.now < broker.rests_until:
        nudge.send_if_due()
        assert broker.sent == []
        broker.now += 0.1
    broker.now += nudging.ASK_AGAIN_AFTER
    nudge.send_if_due()
    assert len(broker.sent) == 1


def test_a_queue_that_nobody_takes_from_hardly_grows(broker: Broker) -> None:
    """What has expired stays in it as well, on the server that keeps the log."""
    broker.has_a_worker = False
    nudge = Nudge()
    began = broker.now
    while broker.now < began + 10 * nudging.EXPIRES:
        nudge.send_soon(500)
        broker.now += 0.5
    assert 9 <= len(broker.sent) <= 11


def test_what_is_stored_is_counted_whether_or_not_somebody_is_nudged(broker: Broker) -> None:
    nudge = Nudge()
    for events in (500, 20, 3):
        nudge.send_soon(events)
    assert broker.stored == 523


def test_nothing_inserted_is_nothing_told(broker: Broker) -> None:
    nudge = Nudge()
    nudge.send_if_due()
    nudge.send_now()
    assert broker.sent == []


def test_who_leaves_tells_what_is_left_to_tell(broker: Broker) -> None:
    nudge = Nudge()
    nudge.send_soon(500)
    nudge.send_soon(500)
    nudge.send_now()
    assert len(broker.sent) == 2


def test_a_broker_that_is_away_is_left_alone_for_a_while(broker: Broker) -> None:
    nudge = Nudge()
    broker.is_away = True
    nudge.send_soon(500)
    broker.is_away = False
    nudge.send_soon(500)
    assert broker.sent == []
    broker.now += nudging.AFTER_A_FAILURE
    nudge.send_if_due()
    assert len(broker.sent) == 1


def test_a_cache_server_that_hangs_is_asked_seldom_and_holds_nobody_up(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    def hang(*_: int) -> float:
        asked.append(broker.now)
        broker.now += 1
        raise CacheServerDown

    monkeypatch.setattr(nudging, "_rest", hang)
    monkeypatch.setattr(nudging, "_add", hang)
    monkeypatch.setattr(nudging, "_note_asked", hang)
    nudge = Nudge()
    began = broker.now
    while broker.now < began + 2 * nudging.AFTER_A_FAILURE:
        nudge.send_soon(500)
        broker.now += 0.5
    assert len(broker.sent) >= nudging.AFTER_A_FAILURE
    assert len(asked) == 2
