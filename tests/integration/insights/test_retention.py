"""Old raw rows go by months, in steps; what was accepted is counted first, and figures stay."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.floors import floor_for
from accounts.models import Workspace
from api.problems import Problem
from campaigns.models import Campaign
from insights import retention, tasks
from insights.reaggregation.scope import Scope
from insights.reaggregation.services import reaggregate_ask, reaggregate_work
from insights.rollups.recompute import recompute
from insights.rollups.targets import Target
from runs.services import Asker
from tests import people
from tests.integration.insights.reaggregating import asked, at, campaign_of, figures, put_events
from tests.integration.warehouse.facts import columns_of, interaction, snapshot, snapshot_slice
from warehouse import client
from warehouse.tables import INTERACTIONS, METRIC_EVENTS, SNAPSHOT_SLICES, SNAPSHOTS, Table
from warehouse.writer import insert

pytestmark = pytest.mark.django_db

# Long ago, so that no other test has rows in the months that go.
KEPT_FROM = date(2016, 3, 1)
OLD, LAST_OLD = at(2016, 1, 20, 10), at(2016, 2, 29, 23, 59)
NEW = at(2016, 3, 1, 0, 5)
ASKER: Asker = {"asked_by_id": None, "asked_as": "a test"}
LEVELS = ("rollup_15min", "rollup_day")


def months_back(floor: date) -> int:
    today = timezone.now().date()
    return (today.year - floor.year) * 12 + today.month - floor.month


@pytest.fixture
def through(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime | None], None]:
    """Set until when everything that was logged is in the rollups; from the start, until long after now."""

    def say(moment: datetime | None) -> None:
        monkeypatch.setattr(retention, "data_through", lambda: moment)

    say(timezone.now() + timedelta(days=1))
    return say


@pytest.fixture(autouse=True)
def everybody_knows_at_once(monkeypatch: pytest.MonkeyPatch, through: object) -> None:
    monkeypatch.setattr(retention, "IN_FLIGHT", timedelta(seconds=-1))


def tenant(kept_from: date = KEPT_FROM, timezone: str = "UTC") -> Campaign:
    """A campaign of a workspace that has no floor yet and wants its raw rows from this day on."""
    owner = people.owner()
    Workspace.objects.filter(id=owner.workspace.id).update(
        raw_months=months_back(kept_from), raw_floor=None, sealed_before=None
    )
    return campaign_of(owner, timezone=timezone)


def with_figures(campaign: Campaign, *moments: datetime) -> dict[str, Any]:
    """Put events there and roll them up; what then stands."""
    put_events(campaign, *moments)
    roll_up(campaign, min(moments), max(moments) + timedelta(minutes=1))
    settle(campaign)
    return standing(campaign)


def roll_up(campaign: Campaign, first: datetime, last: datetime) -> None:
    recompute([Target(campaign.workspace_id, campaign.id, "events", first, last)])


def settle(campaign: Campaign) -> None:
    retention._settle_marks_below({campaign.workspace_id: date(2100, 1, 1)})


def standing(campaign: Campaign) -> dict[str, Any]:
    return {level: figures(campaign, level) for level in LEVELS}


def raw_months(campaign: Campaign, table: str = "metric_events", time: str = "occurred_at") -> list[int]:
    months = f"SELECT DISTINCT toYYYYMM({time}) FROM {table} WHERE campaign_id = %(id)s ORDER BY ALL"
    return [month for (month,) in asked(campaign, months)]


def marks(campaign: Campaign) -> int:
    ((count,),) = asked(campaign, "SELECT count() FROM dirty_buckets FINAL WHERE campaign_id = %(id)s")
    return int(count)


def floors(campaign: Campaign) -> tuple[date | None, date | None]:
    workspace = Workspace.objects.get(id=campaign.workspace_id)
    return workspace.raw_floor, workspace.sealed_before


def test_raw_rows_go_and_figures_stay() -> None:
    campaign = tenant()
    before = with_figures(campaign, OLD, LAST_OLD, NEW)
    assert raw_months(campaign) == [201601, 201602, 201603]
    for _ in range(2):
        tasks.retention()
    assert floors(campaign) == (KEPT_FROM, KEPT_FROM)
    assert raw_months(campaign) == [201603]
    assert standing(campaign) == before
    assert all(len(rows) == 3 for rows in before.values())


def test_each_step_waits_for_the_one_before(
    through: Callable[[datetime | None], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = tenant()
    put_events(campaign, OLD)
    everything = raw_months(campaign)
    for not_yet in (None, timezone.now() - timedelta(days=1)):
        through(not_yet)
        retention.retention_apply()
        assert floors(campaign) == (KEPT_FROM, None)
    through(timezone.now() + timedelta(days=1))
    retention.retention_apply()
    assert floors(campaign) == (KEPT_FROM, None), "a mark below the floor is not settled yet"
    settle(campaign)
    monkeypatch.setattr(retention, "IN_FLIGHT", timedelta(hours=1))
    retention.retention_apply()
    assert floors(campaign) == (KEPT_FROM, KEPT_FROM)
    assert raw_months(campaign) == everything, "a recompute may be under way that began before the sealing"
    moved_at = timezone.now() - timedelta(hours=2)
    Workspace.objects.filter(id=campaign.workspace_id).update(floor_moved_at=moved_at)
    retention.retention_apply()
    assert raw_months(campaign) == []


def test_a_run_that_dies_after_the_floor_was_recorded_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = tenant()
    before = with_figures(campaign, OLD, NEW)
    dropped: list[Table] = []

    def die(table: Table, month: int, **_: Any) -> None:
        dropped.append(table)
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(retention, "drop_partition", die)
        with pytest.raises(SystemExit):
            retention.retention_apply()
    assert dropped
    assert floors(campaign) == (KEPT_FROM, KEPT_FROM)
    assert raw_months(campaign) == [201601, 201603]
    retention.retention_apply()
    assert (raw_months(campaign), standing(campaign)) == ([201603], before)


def test_a_month_that_goes_as_a_whole_within_the_hour_is_not_rewritten_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "IN_FLIGHT", timedelta(hours=1))
    early, late = tenant(), tenant()
    for campaign in (early, late):
        with_figures(campaign, OLD, NEW)
    tasks.retention()

    move_floor_back(early)
    tasks.retention()
    assert raw_months(early) == raw_months(late) == [201601, 201603]

    move_floor_back(late)
    tasks.retention()
    assert raw_months(early) == raw_months(late) == [201603]


def move_floor_back(campaign: Campaign) -> None:
    """As if its floor had moved more than an hour ago."""
    long_ago = timezone.now() - timedelta(minutes=61)
    Workspace.objects.filter(id=campaign.workspace_id).update(floor_moved_at=long_ago)


def test_a_workspace_that_keeps_its_rows_longer_loses_none() -> None:
    short, long = tenant(), tenant(date(2016, 1, 1))
    figures_of_both = [with_figures(campaign, OLD, NEW) for campaign in (short, long)]
    for _ in range(2):
        retention.retention_apply()
    assert (raw_months(short), raw_months(long)) == ([201603], [201601, 201603])
    assert [standing(campaign) for campaign in (short, long)] == figures_of_both
    assert floors(long) == (date(2016, 1, 1), date(2016, 1, 1))


def test_a_floor_rises_and_never_falls() -> None:
    campaign = tenant()
    retention.retention_apply()
    Workspace.objects.filter(id=campaign.workspace_id).update(raw_months=months_back(date(2015, 1, 1)))
    retention.retention_apply()
    assert floors(campaign) == (KEPT_FROM, KEPT_FROM)
    Workspace.objects.filter(id=campaign.workspace_id).update(raw_months=months_back(date(2016, 5, 1)))
    retention.retention_apply()
    assert floors(campaign) == (date(2016, 5, 1), date(2016, 5, 1))


def test_what_arrives_below_the_floor_changes_no_sealed_figure() -> None:
    campaign = tenant()
    before = with_figures(campaign, OLD, NEW)
    retention.retention_apply()
    put_events(campaign, OLD, LAST_OLD)
    assert marks(campaign) == 2
    roll_up(campaign, OLD, NEW + timedelta(minutes=1))
    assert standing(campaign) == before, "the aggregation worked the marks off before the retention came"
    retention.retention_apply()
    assert (marks(campaign), raw_months(campaign), standing(campaign)) == (0, [201603], before)


def test_marks_of_visitors_and_click_ids_below_the_floor_are_settled_too() -> None:
    campaign = tenant()
    retention.retention_apply()
    for name, moment in (("old", OLD), ("new", NEW)):
        at_ms = int(moment.timestamp() * 1000)
        told = {"visitor_hash": 7, "click_ids": {"gclid": name}, "campaign_id": campaign.id}
        received = {"received_us": at_ms * 1000 + 1}
        put(INTERACTIONS, interaction(campaign.workspace_id, name, at_ms=at_ms, **told, **received))
    retention.retention_apply()
    for table in ("dirty_visitors", "dirty_click_ids"):
        left = f"SELECT day FROM {table} FINAL WHERE workspace_id = %(id)s"
        found = client.writer().rows(left, {"id": campaign.workspace_id}, feature="test")
        assert found == [(NEW.date(),)]


def test_below_the_floor_nothing_is_recomputed_and_above_it_everything() -> None:
    campaign = tenant()
    before = with_figures(campaign, OLD, LAST_OLD, NEW)
    retention.retention_apply()
    scope = Scope(campaign_id=campaign.id, workspace_id=campaign.workspace_id, end_date=LAST_OLD.date())
    with pytest.raises(Problem) as refused:
        reaggregate_ask(scope=scope, asker=ASKER)
    assert refused.value.kind.code == "below_raw_floor"
    put_events(campaign, NEW + timedelta(minutes=1))
    across = Scope(campaign_id=campaign.id, workspace_id=campaign.workspace_id, start_date=OLD.date())
    run = reaggregate_ask(scope=across, asker=ASKER)
    assert [warning["code"] for warning in run.warnings] == ["below_raw_floor"]
    reaggregate_work(run_id=run.id, seconds=60)
    after = standing(campaign)
    for level in LEVELS:
        assert after[level][:2] == before[level][:2]
        assert after[level][2] != before[level][2]


def test_a_day_that_lies_across_the_floor_keeps_the_part_below() -> None:
    """In Los Angeles the last of February ends eight hours into March."""
    campaign = tenant(timezone="America/Los_Angeles")
    before = with_figures(campaign, LAST_OLD, NEW)
    assert [row[1] for row in before["rollup_day"]] == [date(2016, 2, 29)]
    retention.retention_apply()
    assert raw_months(campaign) == [201603]
    roll_up(campaign, NEW.replace(minute=0), NEW + timedelta(days=1))
    assert standing(campaign) == before


def test_reports_are_kept_a_month_longer_for_their_months_are_the_accounts_own() -> None:
    """An hour of the last of February in Los Angeles begins in March and is recomputed then."""
    campaign = tenant(timezone="America/Los_Angeles")
    hour = {
        "campaign_id": campaign.id,
        "report": "hour",
        "bucket": at(2016, 2, 29, 17),
        "starts_at": at(2016, 3, 1, 1),
        "ends_at": at(2016, 3, 1, 2),
    }
    older = hour | {
        "bucket": at(2016, 1, 31, 5),
        "starts_at": at(2016, 1, 31, 13),
        "ends_at": at(2016, 1, 31, 14),
    }
    for bucket in (hour, older):
        put(SNAPSHOT_SLICES, snapshot_slice(campaign.workspace_id, 1, "US", **bucket))
        put(SNAPSHOTS, snapshot(campaign.workspace_id, 1, timezone="America/Los_Angeles", **bucket))
    target = Target(campaign.workspace_id, campaign.id, "hour", at(2016, 3, 1), at(2016, 3, 2))
    recompute([target])
    settle(campaign)
    before = standing(campaign)
    assert before["rollup_15min"]
    retention.retention_apply()
    for table in ("snapshots", "snapshot_slices", "performance_history"):
        assert raw_months(campaign, table, "bucket") == [201602]
    recompute([target])
    assert standing(campaign) == before


def test_a_new_workspace_begins_sealed_where_the_configuration_says() -> None:
    floor = floor_for(36, timezone.now().date())
    assert floors(campaign_of(people.owner())) == (floor, floor)


def test_other_tables_are_never_dropped() -> None:
    kept = {table.name for table in (*retention.BY_INSTANT, *retention.BY_WALL_CLOCK)}
    assert not {name for name in kept if name.startswith(("rollup", "dirty", "dead"))}
    assert METRIC_EVENTS.name in kept


def put(table: Table, row: dict[str, Any]) -> None:
    insert(table, columns_of(row), feature="test", writer=client.writer())
