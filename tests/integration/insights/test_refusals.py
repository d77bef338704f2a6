"""What ClickHouse refuses stands aside: everything else goes on, nobody is told that it is done."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Workspace
from campaigns.models import Campaign
from insights.models import RecomputedThrough, SetAside
from insights.rollups import refusals
from insights.rollups.progress import data_through, data_through_of
from insights.rollups.targets import Target
from insights.rollups.tick import Outcome, tick
from runtime.config import configuration
from tests.integration.insights import oracle
from tests.integration.insights.conftest import new_campaign
from tests.integration.insights.marking import age_marks, forget_marks, settle_everything, unsettled
from tests.integration.insights.raw import Raw
from warehouse.client import Writer
from warehouse.errors import WarehouseRefused, WarehouseUnavailable
from warehouse.tables import LOG_PROGRESS
from warehouse.writer import insert

pytestmark = pytest.mark.usefixtures("unmarked")
POISON = 666
VIOLATED_CONSTRAINT = 469
HOUR = timedelta(hours=1)


@pytest.fixture
def refusing(writer: Writer) -> Iterator[None]:
    """A server that takes no minute with so many clicks."""
    writer.run(
        f"ALTER TABLE rollup_minute ADD CONSTRAINT poison CHECK ifNull(clicks, 0) != {POISON}", feature="test"
    )
    yield
    mend(writer)


def mend(writer: Writer) -> None:
    writer.run("ALTER TABLE rollup_minute DROP CONSTRAINT IF EXISTS poison", feature="test")


def slow_at(raw: Raw, minute: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_at(raw, minute, monkeypatch, WarehouseUnavailable("too slow"))


def fail_at(raw: Raw, minute: datetime, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    recompute = refusals.recompute

    def failing(targets: Any, **how: Any) -> Any:
        asked = list(targets)
        if any((target.campaign_id, target.first) == (raw.campaign_id, minute) for target in asked):
            raise error
        return recompute(asked, **how)

    monkeypatch.setattr("insights.rollups.refusals.recompute", failing)


def refuse(*_: object, **__: object) -> None:
    raise WarehouseRefused(VIOLATED_CONSTRAINT, "no")


def put_only_refused(raw: Raw, today: datetime, count: int) -> None:
    raw.put_events(
        *(raw.event(f"e{number}", today - number * HOUR, clicks=POISON) for number in range(count))
    )


def put_one_refused_among(raw: Raw, today: datetime, count: int = 9) -> datetime:
    """The minute that is refused."""
    for number in range(count):
        clicks = POISON if number == count // 2 else 1
        raw.put_events(raw.event(f"e{number}", today - number * HOUR, clicks=clicks))
    return today - count // 2 * HOUR


def standing(raw: Raw) -> SetAside:
    return SetAside.objects.get(campaign_id=raw.campaign_id)


def all_but(raw: Raw, minute: datetime) -> Any:
    return {key: figures for key, figures in oracle.by_quarter_hour(raw).items() if key[0] != minute}


@pytest.mark.usefixtures("refusing")
def test_everything_but_the_one_that_is_refused_goes_on(raw: Raw, today: datetime) -> None:
    minute = put_one_refused_among(raw, today)
    other = Raw(raw.writer, raw.workspace_id, new_campaign("UTC").id)
    other.put_events(other.event("e1", today, clicks=1))
    assert tick() is Outcome.DONE
    assert raw.standing("rollup_15min") == all_but(raw, minute)
    assert other.standing("rollup_15min") == oracle.by_quarter_hour(other)
    aside = standing(raw)
    assert (aside.campaign_id, aside.source, aside.bucket) == (raw.campaign_id, "events", minute)
    assert aside.code == VIOLATED_CONSTRAINT
    assert "poison" in aside.reason


@pytest.mark.usefixtures("refusing")
def test_its_mark_is_never_settled_and_it_is_not_tried_at_every_tick(
    raw: Raw, today: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    minute = put_one_refused_among(raw, today)
    tick()
    age_marks(raw, configuration().aggregation.settle_seconds + 1)
    tick()
    assert [bucket for _, bucket, _ in unsettled(raw)] == [minute]
    tried: list[Target] = []

    def noted(targets: Any, **how: Any) -> Any:
        tried.extend(targets)
        return set()

    monkeypatch.setattr("insights.rollups.refusals.recompute", noted)
    RecomputedThrough.objects.update(marks=0, settled=0)
    assert tick() is Outcome.DONE
    assert raw.campaign_id not in {target.campaign_id for target in tried}


@pytest.mark.usefixtures("refusing")
def test_its_campaign_alone_is_not_said_to_be_fresh(raw: Raw, today: datetime) -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    raw.writer.run("TRUNCATE TABLE log_progress", feature="test")
    tick()
    for through in (noon, noon + HOUR, noon + 2 * HOUR):
        insert(LOG_PROGRESS, {"log": ["events"], "log_partition": [0], "through": [through]}, feature="test")
        if through > noon:
            put_one_refused_among(raw, today, 1)
        tick()
    raw.writer.run("TRUNCATE TABLE log_progress", feature="test")
    assert data_through() == noon + 2 * HOUR
    assert data_through_of([raw.campaign_id]) == noon
    assert data_through_of([new_campaign("UTC").id]) == noon + 2 * HOUR


@pytest.mark.usefixtures("refusing")
def test_pauses_grow_while_it_is_refused(raw: Raw, today: datetime) -> None:
    put_one_refused_among(raw, today, 1)
    tick()
    pauses = []
    for tries in range(1, 4):
        SetAside.objects.update(next_try_at=timezone.now())
        tick()
        aside = standing(raw)
        assert aside.tries == tries
        pauses.append(round((aside.next_try_at - timezone.now()) / timedelta(minutes=1)))
    assert pauses == [1, 2, 4]


@pytest.mark.usefixtures("refusing")
def test_once_it_comes_through_it_is_as_any_other(raw: Raw, today: datetime, writer: Writer) -> None:
    minute = put_one_refused_among(raw, today)
    tick()
    settle = configuration().aggregation.settle_seconds
    age_marks(raw, settle + 1)
    tick()
    raw.put_events(raw.event("later", minute, clicks=5))
    tick()
    mend(writer)
    SetAside.objects.update(next_try_at=timezone.now())
    tick()
    assert not SetAside.objects.filter(campaign_id=raw.campaign_id).exists()
    assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)
    settle_everything(raw)


@pytest.mark.usefixtures("refusing")
def test_the_mark_of_what_came_through_is_settled_though_it_was_passed_over(
    raw: Raw, today: datetime, writer: Writer
) -> None:
    put_one_refused_among(raw, today, 3)
    age_marks(raw, configuration().aggregation.settle_seconds + 1)
    tick()
    passed = RecomputedThrough.objects.get().settled
    assert passed > standing(raw).version
    mend(writer)
    SetAside.objects.update(next_try_at=timezone.now())
    tick()
    tick()
    assert unsettled(raw) == []


@pytest.mark.parametrize("most", [4, 10_000])
def test_one_that_never_ends_in_time_stands_aside_in_the_end(
    raw: Raw, today: datetime, monkeypatch: pytest.MonkeyPatch, options: Any, most: int
) -> None:
    """Every tick would begin with it and end there."""
    options(marks_per_tick=most)
    minute = put_one_refused_among(raw, today, 5)
    slow_at(raw, minute, monkeypatch)
    for _ in range(40):
        try:
            if tick() is Outcome.DONE:
                break
        except WarehouseUnavailable:
            assert not SetAside.objects.filter(campaign_id=raw.campaign_id).exists()
    assert raw.standing("rollup_15min") == all_but(raw, minute)
    aside = standing(raw)
    assert (aside.bucket, aside.code, aside.reason) == (minute, None, "too slow")


@pytest.mark.usefixtures("refusing")
def test_one_that_does_not_end_in_time_keeps_no_other_aside(
    raw: Raw, today: datetime, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_only_refused(raw, today, 3)
    tick()
    assert SetAside.objects.filter(campaign_id=raw.campaign_id).count() == 3
    mend(writer)
    slow_at(raw, today, monkeypatch)
    SetAside.objects.update(next_try_at=timezone.now())
    assert tick() is Outcome.DONE
    assert raw.standing("rollup_15min") == all_but(raw, today)
    aside = standing(raw)
    assert (aside.bucket, aside.code, aside.reason) == (today, None, "too slow")


@pytest.mark.usefixtures("refusing")
def test_what_was_not_reached_in_time_is_due_at_the_next_tick(
    raw: Raw, today: datetime, writer: Writer, monkeypatch: pytest.MonkeyPatch, options: Any
) -> None:
    put_only_refused(raw, today, 3)
    tick()
    mend(writer)
    options(tick_seconds=0)
    SetAside.objects.update(next_try_at=timezone.now())
    SetAside.objects.filter(bucket=today).update(next_try_at=timezone.now() - HOUR)  # tried first
    slow_at(raw, today, monkeypatch)
    assert tick() is Outcome.MORE
    assert SetAside.objects.filter(campaign_id=raw.campaign_id).count() == 3
    tick()
    aside = standing(raw)
    assert (aside.bucket, aside.tries) == (today, 1)


@pytest.mark.usefixtures("refusing")
def test_where_everything_is_refused_a_tick_still_ends_in_time(
    raw: Raw, today: datetime, options: Any
) -> None:
    options(marks_per_tick=4, tick_seconds=0)
    put_only_refused(raw, today, 5)
    assert tick() is Outcome.MORE
    assert SetAside.objects.filter(campaign_id=raw.campaign_id).count() == 1
    for _ in range(40):
        if tick() is Outcome.DONE:
            break
    assert SetAside.objects.filter(campaign_id=raw.campaign_id).count() == 5


@pytest.mark.usefixtures("refusing")
def test_one_that_was_deleted_comes_back_and_claims_no_more_than_its_mark_allows(
    raw: Raw, today: datetime
) -> None:
    put_one_refused_among(raw, today, 1)
    tick()
    SetAside.objects.all().delete()
    age_marks(raw, 1000)
    RecomputedThrough.objects.update(marks=0, data_through=timezone.now())
    tick()
    ((_, _, version),) = unsettled(raw)
    made = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=version // 2)
    settle = timedelta(seconds=configuration().aggregation.settle_seconds)
    assert standing(raw).data_through == made - settle


def test_nor_is_the_campaign_fresh_that_a_refused_report_was_moved_from(
    raw: Raw, today: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = new_campaign("UTC")
    raw.put_snapshot("hour", 1, today, {"DE": {"clicks": 1}})
    tick()
    forget_marks(raw)
    raw.put_snapshot("hour", 2, today, {"DE": {"clicks": 1}}, campaign_id=other.id)

    with monkeypatch.context() as patched:
        patched.setattr("insights.rollups.refusals.recompute", refuse)
        tick()
    asides = SetAside.objects.filter(workspace_id=raw.workspace_id)
    assert set(asides.values_list("campaign_id", flat=True)) == {raw.campaign_id, other.id}
    SetAside.objects.update(next_try_at=timezone.now())
    tick()
    assert not asides.exists()
    assert raw.standing("rollup_15min") == {}


@pytest.mark.usefixtures("refusing")
@pytest.mark.parametrize("gone", [Campaign, Workspace])
def test_what_nobody_waits_for_any_more_is_forgotten(
    raw: Raw, today: datetime, gone: type[Campaign] | type[Workspace]
) -> None:
    put_one_refused_among(raw, today, 1)
    tick()
    assert standing(raw)
    gone.objects.filter(id__in=[raw.campaign_id, raw.workspace_id]).delete()
    SetAside.objects.update(next_try_at=timezone.now())
    tick()
    assert not SetAside.objects.filter(campaign_id=raw.campaign_id).exists()
    settle_everything(raw)
    assert not SetAside.objects.filter(campaign_id=raw.campaign_id).exists()


def test_a_report_that_was_moved_is_waited_for_while_one_of_its_campaigns_is_left(
    raw: Raw, today: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = new_campaign("UTC")
    raw.put_snapshot("hour", 1, today, {"DE": {"clicks": 1}})
    tick()
    raw.put_snapshot("hour", 2, today, {"DE": {"clicks": 1}}, campaign_id=other.id)
    monkeypatch.setattr("insights.rollups.refusals.recompute", refuse)
    Campaign.objects.filter(id=other.id).delete()
    tick()
    assert standing(raw)


def test_a_mark_within_a_minute_is_worked_off_and_stops_nobody(raw: Raw, today: datetime) -> None:
    """A platform may begin its hours whenever it likes."""
    raw.put_snapshot("hour", 1, today + timedelta(seconds=30), {"DE": {"clicks": 3}})
    other = Raw(raw.writer, raw.workspace_id, new_campaign("UTC").id)
    other.put_events(other.event("e1", today, clicks=1))
    assert tick() is Outcome.DONE
    assert other.standing("rollup_15min") == oracle.by_quarter_hour(other)
    assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)
    settle_everything(raw)


def test_a_mistake_of_ours_costs_its_bucket_alone_and_is_told(
    raw: Raw, today: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    minute = put_one_refused_among(raw, today)
    fail_at(raw, minute, monkeypatch, KeyError("zone"))
    assert tick() is Outcome.DONE
    assert raw.standing("rollup_15min") == all_but(raw, minute)
    aside = standing(raw)
    assert (aside.bucket, aside.code) == (minute, None)
    assert "KeyError: 'zone'" in aside.reason
