"""Marks are worked off at once, and again when nothing of their time can be under way."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django_redis import get_redis_connection

from api.cache_server import CacheServerDown
from insights.models import RecomputedThrough
from insights.rollups import marks, refusals
from insights.rollups.targets import MINUTE
from insights.rollups.tick import Outcome, alone, tick
from insights.rollups.turn import FOREVER, Turn
from runtime.config import configuration
from tests.integration.insights import oracle
from tests.integration.insights.conftest import new_campaign
from tests.integration.insights.marking import (
    SECOND,
    age_marks,
    forget_marks,
    put_marks,
    settle_everything,
    unsettled,
)
from tests.integration.insights.raw import Raw
from warehouse.client import Writer, writer_of
from warehouse.errors import WarehouseUnavailable

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("unmarked")


def test_what_was_inserted_is_rolled_up_at_once_and_stays_marked(raw: Raw, today: datetime) -> None:
    raw.put_events(raw.event("e1", today, clicks=1))
    raw.put_interactions(raw.interaction("i1", today))
    raw.put_snapshot("hour", 1, today, {"DE": {"clicks": 3}})
    assert tick() is Outcome.DONE
    assert raw.standing("rollup_minute") == oracle.by_minute(raw)
    assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)
    assert [source for source, *_ in unsettled(raw)] == ["events", "hour", "tracked"]


def test_a_mark_is_settled_once_it_is_old_enough(raw: Raw, today: datetime) -> None:
    raw.put_events(raw.event("e1", today, clicks=1))
    tick()
    age_marks(raw, configuration().aggregation.settle_seconds - 20)
    tick()
    assert len(unsettled(raw)) == 1
    age_marks(raw, 21)
    tick()
    assert unsettled(raw) == []


def test_a_mark_that_is_made_again_meanwhile_stays(raw: Raw, today: datetime) -> None:
    raw.put_events(raw.event("e1", today, clicks=1))
    age_marks(raw, 1000)
    old = marks.unsettled(after=marks.end_of(0), until=marks.version_at(2**60), most=10**6).marks[0]
    raw.put_events(raw.event("e2", today, clicks=1))
    marks.settle([old])
    assert len(unsettled(raw)) == 1


def test_days_of_facts_follow_with_the_second_pass(raw: Raw, today: datetime) -> None:
    """No question reads them, and they would be made of the whole day so far at every look."""
    raw.put_events(raw.event("e1", today, clicks=1))
    tick()
    assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)
    assert raw.standing("rollup_day") == {}
    settle_everything(raw)
    assert oracle.is_right(raw)


def test_marks_that_waited_until_they_are_due_are_done_at_every_level_at_once(
    raw: Raw, today: datetime
) -> None:
    raw.put_events(raw.event("e1", today, clicks=1))
    age_marks(raw, configuration().aggregation.settle_seconds + 1)
    RecomputedThrough.objects.update(marks=0)
    tick()
    assert oracle.is_right(raw)
    assert unsettled(raw) == []


def test_what_comes_meanwhile_is_looked_at_before_the_next_portion_of_what_is_due(
    raw: Raw, today: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle_due, portions = Turn.settle_due, list[str]()

    def settle_a_portion(turn: Turn) -> bool:
        assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)
        portions.append(f"late {len(portions)}")
        raw.put_events(raw.event(portions[-1], today + HOUR, clicks=1))
        return settle_due(turn)

    three_are_due(raw, today, behind_seconds=5)
    monkeypatch.setattr("insights.rollups.turn.FEW_DUE", 1)
    monkeypatch.setattr("insights.rollups.turn.FAR_BEHIND", 3600 * 1_000_000)  # however slow this machine is
    monkeypatch.setattr(Turn, "settle_due", settle_a_portion)
    tick()
    assert len(portions) == 4
    assert [bucket for _, bucket, _ in unsettled(raw)] == [today + HOUR]


def test_settling_that_is_far_behind_its_time_comes_in_large_portions(
    raw: Raw, today: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_are_due(raw, today, behind_seconds=60)
    monkeypatch.setattr("insights.rollups.turn.FEW_DUE", 1)
    assert Turn.begin(FOREVER).settle_due() is False
    assert unsettled(raw) == []


def three_are_due(raw: Raw, today: datetime, *, behind_seconds: int) -> None:
    """And everything before them was settled when it was due, `behind_seconds` ago for the last time."""
    for number in range(3):
        raw.put_events(raw.event(f"e{number}", today + number * MINUTE, clicks=1))
    tick()
    since_due = configuration().aggregation.settle_seconds + 1
    age_marks(raw, since_due)
    settled_through = marks.clock().now - (since_due + behind_seconds) * 1_000_000
    RecomputedThrough.objects.update(settled=marks.version_at(settled_through))


@pytest.mark.parametrize("marks_per_tick", [1, 5000])
def test_what_came_while_the_clock_was_set_back_is_counted_once_it_has_caught_up(
    raw: Raw, today: datetime, options: Any, monkeypatch: pytest.MonkeyPatch, marks_per_tick: int
) -> None:
    options(marks_per_tick=marks_per_tick)
    settled_in_an_hour(raw, [today, today + MINUTE])
    raw.put_events(*(raw.event(f"e{n}", today + n * MINUTE, clicks=1) for n in range(3)))
    tick()
    assert sum(figures[1] or 0 for figures in raw.standing("rollup_15min").values()) == 1
    later = marks.clock().now + 7200 * 1_000_000
    monkeypatch.setattr(marks, "clock", lambda: marks.Clock(later, later))
    tick()
    assert oracle.is_right(raw)
    assert RecomputedThrough.objects.get().hidden == []


def settled_in_an_hour(raw: Raw, minutes: list[datetime]) -> None:
    """By a clock that was ahead and has been set right since."""
    ahead = marks.version_at(marks.clock().now + 3600 * 1_000_000)
    marks.settle([marks.Mark(raw.workspace_id, raw.campaign_id, "events", at, ahead, 0) for at in minutes])
    RecomputedThrough.objects.update(settled=ahead)


def test_a_mark_that_becomes_visible_before_its_rows_is_settled_with_them(raw: Raw, today: datetime) -> None:
    put_marks(raw, [("events", today, marks.version_at(marks.clock().now))])
    tick()
    assert raw.standing("rollup_15min") == {}
    raw.put_events(raw.event("e1", today, clicks=1))
    forget_marks(raw)  # of the whole insert only the row is there by now
    put_marks(raw, [("events", today, marks.version_at(marks.clock().now - 1000 * 1_000_000))])
    RecomputedThrough.objects.update(settled=0)
    tick()
    assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)
    assert unsettled(raw) == []


def test_a_mark_that_becomes_visible_after_its_rows_is_found(raw: Raw, today: datetime) -> None:
    """Later than any margin: then the pass that settles it is its first."""
    raw.put_events(raw.event("e1", today, clicks=1))
    age_marks(raw, 30)
    RecomputedThrough.objects.update(marks=marks.version_at(marks.clock().now))
    tick()
    assert raw.standing("rollup_15min") == {}
    age_marks(raw, 90)
    tick()
    assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)


def test_an_insert_under_way_holds_the_quiet_time_back(raw: Raw) -> None:
    """Its marks are as old as its beginning."""
    assert marks.clock().quiet == pytest.approx(marks.clock().now, abs=SECOND)
    with slow_insert(raw.writer):
        clock = marks.clock()
    assert clock.now - clock.quiet > 200_000


def test_a_recompute_is_nobody_s_insert(raw: Raw) -> None:
    with slow_insert(raw.writer, feature="recompute"):
        clock = marks.clock()
    assert clock.now == clock.quiet


def test_nor_is_that_of_somebody_else_on_the_same_server(raw: Raw) -> None:
    with closing(writer_of(configuration(), database="default")) as somebody, slow_insert(somebody):
        clock = marks.clock()
    assert clock.now == clock.quiet


def test_portions_are_bounded_and_come_to_the_same(raw: Raw, today: datetime, options: Any) -> None:
    options(marks_per_tick=3, margin_seconds=1)
    for number in range(10):
        raw.put_events(raw.event(f"e{number}", today + timedelta(minutes=number), clicks=1))
    assert tick() is Outcome.DONE
    assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)


@pytest.mark.parametrize("tick_seconds", [0, 60])
def test_marks_of_one_insert_come_in_portions_and_none_is_passed_over(
    raw: Raw, today: datetime, options: Any, monkeypatch: pytest.MonkeyPatch, tick_seconds: int
) -> None:
    """They have one version. A tick that has time for one portion goes on where the last one stopped."""
    options(marks_per_tick=3, margin_seconds=0, tick_seconds=tick_seconds)
    portions: list[int] = []
    recompute = refusals.recompute

    def noted(targets: Any, **how: Any) -> Any:
        asked = list(targets)
        portions.append(len(asked))
        return recompute(asked, **how)

    monkeypatch.setattr("insights.rollups.refusals.recompute", noted)
    raw.put_events(*(raw.event(f"e{at}", today + timedelta(minutes=at), clicks=1) for at in range(10)))
    while tick() is Outcome.MORE:
        pass
    assert max(portions) == 3
    assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)
    age_marks(raw, configuration().aggregation.settle_seconds + 1)
    while tick() is Outcome.MORE:
        pass
    assert unsettled(raw) == []


def test_a_tick_that_runs_out_of_time_says_so_and_the_next_goes_on(
    raw: Raw, today: datetime, options: Any
) -> None:
    options(marks_per_tick=2, tick_seconds=0, margin_seconds=0)
    for number in range(5):
        raw.put_events(raw.event(f"e{number}", today + timedelta(minutes=number), clicks=1))
    turns = 1
    while tick() is Outcome.MORE:
        turns += 1
    assert turns >= 3
    assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)


def test_the_oldest_comes_first(raw: Raw, today: datetime, options: Any) -> None:
    now = marks.version_at(marks.clock().now)
    early, late = today, today + timedelta(minutes=1)
    RecomputedThrough.objects.update(marks=now - 100 * SECOND)
    put_marks(raw, [("events", late, now - 10 * SECOND), ("events", early, now - 20 * SECOND)])
    found = marks.unsettled(after=marks.end_of(now - 100 * SECOND), until=now, most=10**6).marks
    assert [mark.bucket for mark in found if mark.campaign_id == raw.campaign_id] == [early, late]


def test_only_one_works_at_a_time_and_is_told_of_the_other(raw: Raw, today: datetime) -> None:
    elsewhere = connections.create_connection("default")
    with elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(4711000018)")
        assert tick() is Outcome.BUSY
        assert RecomputedThrough.objects.get().is_wanted
        cursor.execute("SELECT pg_advisory_unlock(4711000018)")
    elsewhere.close()
    assert tick() is Outcome.DONE
    assert not RecomputedThrough.objects.get().is_wanted
    with alone() as is_alone:
        assert is_alone


def test_what_is_remembered_may_be_lost(raw: Raw, today: datetime) -> None:
    raw.put_events(raw.event("e1", today, clicks=1))
    RecomputedThrough.objects.all().delete()
    tick()
    assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)


def test_a_mark_older_than_what_is_remembered_is_found_within_the_hour(raw: Raw, today: datetime) -> None:
    raw.put_events(raw.event("e1", today, clicks=1))
    version = 1_000_000
    forget_marks(raw)
    put_marks(raw, [("events", today, version)])
    tick()
    assert raw.standing("rollup_15min") == {}
    RecomputedThrough.objects.update(looked_through_at=marks.clock().now - 3601 * 1_000_000)
    tick()
    assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)
    assert unsettled(raw) == []


def test_answers_change_generation_with_their_figures(raw: Raw, today: datetime) -> None:
    other = new_campaign("UTC")
    assert generation(raw.campaign_id) is generation(other.id) is None
    raw.put_events(raw.event("e1", today, clicks=1))
    tick()
    before = generation(raw.campaign_id)
    assert before is not None
    raw.put_events(raw.event("e2", today, clicks=1))
    tick()
    assert generation(raw.campaign_id) not in (None, before)
    assert generation(other.id) is None


def test_so_do_those_that_a_report_was_taken_from(raw: Raw, today: datetime) -> None:
    other = new_campaign("UTC")
    raw.put_snapshot("hour", 1, today, {"DE": {"clicks": 1}})
    tick()
    before = generation(raw.campaign_id)
    forget_marks(raw)
    raw.put_snapshot("hour", 2, today, {"DE": {"clicks": 1}}, campaign_id=other.id)
    tick()
    assert raw.standing("rollup_15min") == {}
    assert generation(raw.campaign_id) != before


def test_figures_do_not_wait_for_the_cache_server(
    raw: Raw, today: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_: object) -> None:
        raise CacheServerDown("gone")

    before = generation(raw.campaign_id)
    with monkeypatch.context() as patched:
        patched.setattr("insights.rollups.generations.raise_generation", down)
        raw.put_events(raw.event("e1", today, clicks=1))
        tick()
    assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)
    assert generation(raw.campaign_id) == before
    put_marks(raw, [("events", today + timedelta(hours=1), marks.version_at(marks.clock().now))])
    tick()
    assert generation(raw.campaign_id) != before
    assert RecomputedThrough.objects.get().unraised == []


def test_a_portion_that_fails_comes_again_smaller(
    raw: Raw, today: datetime, monkeypatch: pytest.MonkeyPatch, options: Any
) -> None:
    options(marks_per_tick=8, margin_seconds=0)
    recompute = refusals.recompute

    def only_small(targets: Any, **how: Any) -> Any:
        asked = list(targets)
        if len(asked) > 2:
            raise WarehouseUnavailable("too slow")
        return recompute(asked, **how)

    for number in range(8):
        raw.put_events(raw.event(f"e{number}", today + timedelta(minutes=number), clicks=1))
    monkeypatch.setattr("insights.rollups.refusals.recompute", only_small)
    for _ in range(30):
        try:
            if tick() is Outcome.DONE:
                break
        except WarehouseUnavailable:
            continue
    assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)


def generation(campaign_id: UUID) -> bytes | None:
    """What whoever keeps an answer would keep it under."""
    token: bytes | None = get_redis_connection("default").get(f"ca:generation:{campaign_id}")
    return token


@contextmanager
def slow_insert(writer: Writer, feature: str = "consumer") -> Iterator[None]:
    """An insert that is under way for the length of the block, and leaves nothing behind."""
    sql = "INSERT INTO FUNCTION null('log String') SELECT 'slow' WHERE sleep(1.5) = 1"
    thread = Thread(target=lambda: writer.run(sql, feature=feature))
    thread.start()
    time.sleep(0.5)
    yield
    thread.join()
