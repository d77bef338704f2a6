"""Days are kept in a campaign's zone, and built anew beside the old ones when it is given another."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.serializers import deserialize, serialize
from django.utils import timezone

from accounts.models import Workspace
from campaigns.models import Campaign
from insights.models import DaysBuilt, RecomputedThrough, SetAside
from insights.rollups.days import build_missing_days
from insights.rollups.minutes import drop_old_minutes
from insights.rollups.recompute import recompute
from insights.rollups.tick import Outcome, tick
from tests.integration.insights import oracle
from tests.integration.insights.conftest import new_campaign
from tests.integration.insights.marking import settle_everything, unsettled
from tests.integration.insights.raw import Raw
from warehouse.errors import WarehouseRefused, WarehouseUnavailable
from warehouse.tables import ROLLUP_MINUTE
from warehouse.writer import insert

pytestmark = pytest.mark.usefixtures("unmarked")
BERLIN, KATHMANDU = "Europe/Berlin", "Asia/Kathmandu"
MIDNIGHT = datetime(2026, 10, 24, 18, 15, tzinfo=UTC)  # in Kathmandu


def are_days_built(campaign: Campaign, timezone: str) -> bool:
    return DaysBuilt.objects.filter(campaign=campaign, timezone=timezone).exists()


def put_around_midnight(raw: Raw) -> None:
    moments = [MIDNIGHT + timedelta(minutes=minutes) for minutes in (-900, -1, 0, 700, 1439, 1440)]
    raw.put_events(*(raw.event(f"e{at}", at, clicks=1) for at in moments))
    raw.put_interactions(*(raw.interaction(f"i{at}", at) for at in moments))
    raw.put_snapshot("hour", 1, MIDNIGHT.replace(minute=0), {"DE": {"clicks": 5}})


def new_campaign_without_days(zone: str) -> Campaign:
    """As campaigns are that came from a backup."""
    campaign = new_campaign(zone)
    DaysBuilt.objects.filter(campaign=campaign).delete()
    return campaign


def test_a_new_campaign_s_days_are_complete_from_the_beginning(raw: Raw, campaign: Campaign) -> None:
    assert are_days_built(campaign, BERLIN)
    put_around_midnight(raw)
    settle_everything(raw)
    assert raw.standing("rollup_day", "timezone, bucket") == oracle.by_day(raw, BERLIN)


def test_days_that_nobody_noted_are_built_as_soon_as_somebody_looks(raw: Raw, campaign: Campaign) -> None:
    DaysBuilt.objects.all().delete()
    put_around_midnight(raw)
    tick()
    assert are_days_built(campaign, BERLIN)
    assert raw.standing("rollup_day", "timezone, bucket") == oracle.by_day(raw, BERLIN)


def test_a_loaded_campaign_may_have_facts_already(campaign: Campaign) -> None:
    text = serialize("json", [campaign])
    Campaign.objects.filter(id=campaign.id).delete()
    for loaded in deserialize("json", text):
        loaded.save()
    assert not are_days_built(campaign, BERLIN)


def test_another_zone_is_built_whole_before_it_may_answer(raw: Raw, campaign: Campaign) -> None:
    put_around_midnight(raw)
    settle_everything(raw)
    assert raw.standing("rollup_day", "timezone, bucket") == oracle.by_day(raw, BERLIN)
    Campaign.objects.filter(id=campaign.id).update(timezone=KATHMANDU)
    assert not are_days_built(campaign, KATHMANDU)
    assert are_days_built(campaign, BERLIN)
    tick()
    assert are_days_built(campaign, KATHMANDU)
    assert not are_days_built(campaign, BERLIN)  # nobody keeps these up any more
    assert raw.standing("rollup_day", "timezone, bucket") == oracle.by_day(raw, BERLIN, KATHMANDU)


def test_the_engine_need_not_know_the_zone(
    raw: Raw, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each zone that it is told of costs it megabytes for as long as it runs."""
    monkeypatch.setattr("insights.local_days.ZoneInfo", lambda _: ZoneInfo(KATHMANDU))
    Campaign.objects.filter(id=campaign.id).update(timezone="Moon/Tranquility")
    put_around_midnight(raw)
    tick()
    expected = {key[1:]: figures for key, figures in oracle.by_day(raw, KATHMANDU).items()}
    standing = raw.standing("rollup_day", "timezone, bucket")
    assert {key[1:]: figures for key, figures in standing.items() if key[0] == "Moon/Tranquility"} == expected


def turn_of_building(campaign: Campaign) -> datetime:
    assert build_missing_days(seconds=0)
    assert not are_days_built(campaign, KATHMANDU)
    return datetime.fromisoformat(RecomputedThrough.building_now()["through"])


def finish() -> None:
    while tick() is Outcome.MORE:
        pass


@pytest.fixture
def moved(unmarked: None, raw: Raw, campaign: Campaign) -> None:
    """Its days of months are built, and missing in the zone that it has now."""
    moments = [MIDNIGHT - timedelta(days=days, minutes=1) for days in range(0, 60, 3)]
    raw.put_events(*(raw.event(f"e{at}", at, clicks=1) for at in moments))
    settle_everything(raw)
    finish()
    Campaign.objects.filter(id=campaign.id).update(timezone=KATHMANDU)


@pytest.mark.usefixtures("moved")
def test_a_long_build_goes_on_at_the_next_tick(raw: Raw, campaign: Campaign) -> None:
    through = [turn_of_building(campaign) for _ in range(5)]
    assert through == sorted(set(through))
    while build_missing_days(seconds=0):
        pass
    assert are_days_built(campaign, KATHMANDU)
    assert RecomputedThrough.building_now() == {}
    assert raw.standing("rollup_day", "timezone, bucket") == oracle.by_day(raw, BERLIN, KATHMANDU)


@pytest.mark.usefixtures("moved")
def test_what_is_built_is_kept_up_though_the_campaign_has_left_the_zone(raw: Raw, campaign: Campaign) -> None:
    assert turn_of_building(campaign)
    Campaign.objects.filter(id=campaign.id).update(timezone=BERLIN)
    early = MIDNIGHT - timedelta(days=57)
    raw.put_events(raw.event("late", early, clicks=7))
    recompute([raw.target("events", early, early + timedelta(minutes=1))])
    Campaign.objects.filter(id=campaign.id).update(timezone=KATHMANDU)
    while build_missing_days(seconds=0):
        pass
    assert raw.standing("rollup_day", "timezone, bucket") == oracle.by_day(raw, BERLIN, KATHMANDU)


@pytest.mark.usefixtures("moved")
def test_a_build_that_was_left_begins_anew(campaign: Campaign) -> None:
    turn_of_building(campaign)
    Campaign.objects.filter(id=campaign.id).update(timezone=BERLIN)
    assert not build_missing_days()
    assert RecomputedThrough.building_now() == {}


@pytest.mark.usefixtures("moved")
def test_a_build_that_is_refused_stops_no_other(
    raw: Raw, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = new_campaign_without_days(KATHMANDU)

    def no(*_: object) -> None:
        raise WarehouseRefused(469, "no")

    with monkeypatch.context() as patched:
        patched.setattr("insights.rollups.days.recompute_days", no)
        finish()
        assert are_days_built(other, KATHMANDU)
        aside = SetAside.objects.get(campaign_id=campaign.id)
        assert (aside.source, aside.reason) == (SetAside.DAYS, "ClickHouse refused with code 469: no")
    finish()
    assert not are_days_built(campaign, KATHMANDU)  # it waits for its time
    SetAside.objects.update(next_try_at=timezone.now())
    finish()
    assert are_days_built(campaign, KATHMANDU)
    assert not SetAside.objects.filter(campaign_id=campaign.id).exists()


@pytest.mark.usefixtures("moved")
def test_a_build_that_never_ends_in_time_stops_no_other(
    raw: Raw, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = new_campaign_without_days(KATHMANDU)

    def too_slow(*_: object) -> None:
        raise WarehouseUnavailable("too slow")

    with monkeypatch.context() as patched:
        patched.setattr("insights.rollups.days.recompute_days", too_slow)
        for _ in range(2):
            with pytest.raises(WarehouseUnavailable):
                finish()
        finish()
        assert are_days_built(other, KATHMANDU)
        aside = SetAside.objects.get(campaign_id=campaign.id)
        assert (aside.source, aside.code, aside.reason) == (SetAside.DAYS, None, "too slow")
        SetAside.objects.update(next_try_at=timezone.now())
        finish()  # it is known by now
    SetAside.objects.update(next_try_at=timezone.now())
    finish()
    assert are_days_built(campaign, KATHMANDU)
    assert raw.standing("rollup_day", "timezone, bucket") == oracle.by_day(raw, BERLIN, KATHMANDU)


def test_a_campaign_stands_aside_once_however_often_its_build_is_refused(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = new_campaign_without_days(BERLIN)

    def no(*_: object) -> None:
        raise WarehouseRefused(469, "no")

    monkeypatch.setattr("insights.rollups.days._build", no)
    for tries in (1, 2, 3):
        finish()
        assert SetAside.objects.get(campaign_id=campaign.id).tries == tries
        SetAside.objects.update(next_try_at=timezone.now())


def test_nothing_stands_aside_whose_days_nobody_misses(campaign: Campaign) -> None:
    gone, waiting = new_campaign(BERLIN), new_campaign(BERLIN)
    finish()
    DaysBuilt.objects.filter(campaign=waiting).delete()
    for each in (campaign, gone, waiting):
        SetAside.objects.create(
            workspace_id=each.workspace_id,
            campaign_id=each.id,
            source=SetAside.DAYS,
            bucket=MIDNIGHT,
            version=0,
            next_try_at=timezone.now() + timedelta(hours=1),
        )
    Campaign.objects.filter(id=gone.id).delete()
    finish()
    assert [aside.campaign_id for aside in SetAside.objects.all()] == [waiting.id]


def test_until_then_both_are_kept_up(raw: Raw, campaign: Campaign) -> None:
    Campaign.objects.filter(id=campaign.id).update(timezone=KATHMANDU)
    put_around_midnight(raw)
    recompute(
        [
            raw.target(source, MIDNIGHT - timedelta(days=1), MIDNIGHT + timedelta(days=2))
            for source in ("events", "tracked", "hour")
        ]
    )
    assert raw.standing("rollup_day", "timezone, bucket") == oracle.by_day(raw, BERLIN, KATHMANDU)


def test_going_back_to_a_zone_takes_up_what_happened_meanwhile(raw: Raw, campaign: Campaign) -> None:
    put_around_midnight(raw)
    tick()
    for zone in (KATHMANDU, BERLIN):
        Campaign.objects.filter(id=campaign.id).update(timezone=zone)
        tick()
        moved = raw.event(f"e{MIDNIGHT}", MIDNIGHT, clicks=1, region=zone[:2].upper(), after=2)
        raw.put_events(moved)
        settle_everything(raw)
    in_berlin = {key: figures for key, figures in oracle.by_day(raw, BERLIN).items() if key[0] == BERLIN}
    standing = raw.standing("rollup_day", "timezone, bucket")
    assert {key: figures for key, figures in standing.items() if key[0] == BERLIN} == in_berlin


def test_an_event_late_by_more_than_the_minutes_serve(raw: Raw) -> None:
    """Its 15 minutes are made of raw rows, with what was there before."""
    long_ago = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=40)
    raw.put_events(raw.event("e1", long_ago, clicks=1))
    tick()
    raw.put_events(raw.event("e2", long_ago + timedelta(minutes=3), clicks=1))
    tick()
    assert raw.standing("rollup_minute") == {}
    assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)


def test_the_minutes_stop_serving_between_two_events_of_a_quarter_hour(raw: Raw, today: datetime) -> None:
    """The first was rolled up from minutes, the second comes when they are gone."""
    raw.put_events(raw.event("e1", today, clicks=1), raw.event("e2", today + timedelta(minutes=1), clicks=1))
    tick()
    raw.writer.run(
        "DELETE FROM rollup_minute WHERE workspace_id = %(workspace)s SETTINGS lightweight_deletes_sync = 2",
        {"workspace": raw.workspace_id},
        feature="test",
    )
    recompute([raw.target("events", today, today + timedelta(minutes=15))])
    assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)


def test_what_is_sealed_stays_though_its_raw_rows_are_gone(raw: Raw, campaign: Campaign) -> None:
    floor = date(2026, 10, 1)
    before, after = (datetime(2026, month, 1, 12, tzinfo=UTC) for month in (9, 10))
    raw.put_events(raw.event("e1", before, clicks=1), raw.event("e2", after, clicks=1))
    tick()
    stood = raw.standing("rollup_15min")
    raw.writer.run(
        "DELETE FROM metric_events WHERE workspace_id = %(workspace)s SETTINGS lightweight_deletes_sync = 2",
        {"workspace": raw.workspace_id},
        feature="test",
    )
    Workspace.objects.filter(id=campaign.workspace_id).update(raw_floor=floor, sealed_before=floor)
    recompute([raw.target("events", before, after + timedelta(days=1))])
    assert set(stood) - set(raw.standing("rollup_15min")) == {key for key in stood if key[0] == after}
    settle_everything(raw)
    assert unsettled(raw) == []
    assert len(raw.standing("rollup_15min")) == 1


def test_minutes_are_dropped_by_whole_days_when_they_are_three_days_old(raw: Raw, today: datetime) -> None:
    old = today - timedelta(days=5)
    row = {"workspace_id": raw.workspace_id, "campaign_id": raw.campaign_id, "source": "events", "version": 1}
    for at in (old, today):
        insert(
            ROLLUP_MINUTE, {name: [value] for name, value in (row | {"bucket": at}).items()}, feature="test"
        )
    drop_old_minutes()
    assert [key[0] for key in raw.standing("rollup_minute")] == [today]
