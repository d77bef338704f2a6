"""Who may read insights, and what an answer says when something is late, unchanged or down."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.rights import Right
from campaigns.models import Campaign, CampaignGrant
from insights.models import RecomputedThrough, SetAside
from insights.query import reading
from runtime.config import configuration
from tests import people
from tests.integration.insights.query.rollup_rows import (
    account_day,
    asked,
    campaign_of,
    codes,
    column,
    put,
    put_days,
    quarter_hour,
)
from tests.people import Person
from warehouse.client import reader_of, writer
from warehouse.errors import WarehouseUnavailable
from warehouse.tables import METRIC_EVENTS, SNAPSHOTS
from warehouse.versions import event_version, snapshot_version
from warehouse.writer import insert

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
WEEK = {"start_date": "2026-11-02", "end_date": "2026-11-08"}
FEATURE = "test"


def address(campaign: Campaign) -> str:
    return f"/api/v1/campaigns/{campaign.id}/insights"


def get(who: Any, campaign: Campaign, **headers: str) -> Any:
    return who.client.get(address(campaign), WEEK, headers=headers)


class TestWhoMayRead:
    def test_a_viewer_and_a_program_that_may_read(self) -> None:
        owner = people.owner()
        campaign = campaign_of(owner)
        assert get(people.viewer(owner.workspace), campaign).status_code == 200
        assert get(people.program(owner.workspace, [Right.READ]), campaign).status_code == 200

    def test_a_program_that_may_only_send_events_may_not(self) -> None:
        owner = people.owner()
        assert get(people.program(owner.workspace, [Right.EVENTS]), campaign_of(owner)).status_code == 403

    def test_to_a_stranger_and_to_whom_it_was_not_granted_it_is_not_there(self) -> None:
        owner = people.owner()
        campaign = campaign_of(owner)
        member = people.viewer(owner.workspace, restricted=True)
        assert get(people.stranger(), campaign).status_code == 404
        assert get(member, campaign).status_code == 404
        CampaignGrant.objects.create(membership=member.membership, campaign=campaign)
        assert get(member, campaign).status_code == 200

    def test_rows_of_another_workspace_under_the_same_campaign_are_not_read(self) -> None:
        owner = people.owner()
        campaign = campaign_of(owner)
        mine = quarter_hour(campaign, MONDAY, clicks=1)
        put(mine, quarter_hour(campaign, MONDAY, clicks=9, workspace_id=uuid4()))
        assert asked(owner, campaign, metrics="clicks", **WEEK)["totals"] == {"clicks": 1}

    def test_by_reference(self) -> None:
        owner = people.owner()
        campaign_of(owner, reference="autumn")
        assert owner.client.get("/api/v1/campaigns/autumn/insights/").status_code == 200


def test_what_cannot_be_asked_names_every_field() -> None:
    owner = people.owner()
    response = owner.client.get(address(campaign_of(owner)), {"from": "x", "breakdown": "city"})
    assert response.status_code == 400
    errors = {error["field"]: error for error in response.json()["errors"]}
    assert {name: error["code"] for name, error in errors.items()} == {
        "from": "unknown_parameter",
        "breakdown": "invalid_choice",
    }
    assert "start_date" in errors["from"]["message"]
    assert "device, platform, region" in errors["breakdown"]["message"]


def test_an_answer_that_is_held_is_not_sent_again_until_a_figure_changes() -> None:
    owner = people.owner()
    campaign = campaign_of(owner)
    put(quarter_hour(campaign, MONDAY, clicks=1))
    first = get(owner, campaign)
    tag = first.headers["ETag"]
    again = get(owner, campaign, **{"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    put(quarter_hour(campaign, MONDAY, clicks=2, version=2))
    assert get(owner, campaign, **{"If-None-Match": tag}).status_code == 200


def test_a_campaign_with_something_set_aside_is_as_fresh_as_before_that() -> None:
    owner = people.owner()
    campaign, other = campaign_of(owner), campaign_of(owner, reference="other")
    RecomputedThrough.objects.update(data_through=MONDAY)
    SetAside.objects.create(
        **{"workspace_id": campaign.workspace_id, "campaign_id": campaign.id, "source": "events"},
        **{
            "bucket": MONDAY,
            "version": 2,
            "next_try_at": MONDAY,
            "data_through": MONDAY - timedelta(hours=1),
        },
    )
    through = [get(owner, which).json()["freshness"]["data_through"] for which in (campaign, other)]
    assert through == ["2026-11-02T09:00:00Z", "2026-11-02T10:00:00Z"]


def test_without_clickhouse_it_says_what_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> None:
        raise WarehouseUnavailable("no")

    monkeypatch.setattr(reading, "reader", down)
    owner = people.owner()
    response = get(owner, campaign_of(owner))
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert "ClickHouse" in response.json()["detail"]
    assert response.headers["Retry-After"]


@pytest.mark.parametrize(("limit", "most"), [("max_bytes_to_read", "1"), ("max_memory_usage", "100000")])
def test_what_would_cost_more_than_one_answer_may_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, limit: str, most: str
) -> None:
    greedy = reader_of(configuration())
    monkeypatch.setitem(greedy._settings, limit, most)
    monkeypatch.setattr(reading, "reader", lambda: greedy)
    owner = people.owner()
    campaign = campaign_of(owner)
    put(quarter_hour(campaign, MONDAY, clicks=1))
    response = get(owner, campaign)
    greedy.close()
    assert (response.status_code, response.json()["code"]) == (400, "question_too_large")
    assert "shorter range" in response.json()["detail"]


def test_too_many_rows_are_refused_and_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("insights.query.plan.MOST_ROWS", 1)
    owner = people.owner()
    campaign = campaign_of(owner)
    put(quarter_hour(campaign, MONDAY, clicks=1), quarter_hour(campaign, MONDAY, platform="google", clicks=1))
    response = get(owner, campaign)
    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "too_many_rows"


class TestReports:
    def test_a_platform_that_says_nothing_happened_is_believed(self) -> None:
        owner = people.owner()
        campaign = campaign_of(owner)
        tuesday = MONDAY + timedelta(days=1)
        put(quarter_hour(campaign, MONDAY, clicks=3), quarter_hour(campaign, tuesday, clicks=5))
        snapshot_of(campaign, "day", MONDAY.replace(hour=0), slices=0)
        body = asked(owner, campaign, metrics="clicks", **WEEK)
        assert column(body["rows"], "bucket", "clicks") == [("2026-11-03", 5)]
        assert codes(body) == ["two_origins"]

    def test_until_a_report_is_in_the_figures_it_hides_no_events(self) -> None:
        owner = people.owner()
        campaign = campaign_of(owner)
        put(quarter_hour(campaign, MONDAY, clicks=3))
        midnight = MONDAY.replace(hour=0)
        RecomputedThrough.objects.update(data_through=midnight + timedelta(hours=23))
        snapshot_of(campaign, "day", midnight, slices=0)  # received a day later
        assert asked(owner, campaign, metrics="clicks", **WEEK)["totals"] == {"clicks": 3}
        RecomputedThrough.objects.update(data_through=midnight + timedelta(hours=24))
        assert asked(owner, campaign, metrics="clicks", **WEEK)["rows"] == []

    @pytest.mark.parametrize(("report", "granularity"), [("day", "day"), ("hour", "hour")])
    def test_a_report_of_an_account_that_was_linked_elsewhere_hides_nothing_any_more(
        self, report: str, granularity: str
    ) -> None:
        owner = people.owner()
        before, after = campaign_of(owner), campaign_of(owner, reference="a-2")
        for campaign in (before, after):
            put(quarter_hour(campaign, MONDAY, clicks=3))
        told = {"granularity": granularity, "metrics": "clicks", **WEEK}
        starts = MONDAY.replace(hour=0)
        snapshot_of(before, report, starts, slices=0)
        assert asked(owner, before, **told)["rows"] == []
        snapshot_of(after, report, starts, slices=0, sequence=2)
        assert asked(owner, before, **told)["totals"] == {"clicks": 3}
        assert asked(owner, after, **told)["rows"] == []

    def test_an_hour_that_moved_with_its_account_s_zone_speaks_for_its_new_day_alone(self) -> None:
        owner = people.owner()
        campaign = campaign_of(owner)
        tuesday = MONDAY + timedelta(days=1)
        put(quarter_hour(campaign, MONDAY, clicks=3), quarter_hour(campaign, tuesday, clicks=5))
        told = {"granularity": "hour", "metrics": "clicks", **WEEK}
        bucket = MONDAY.replace(hour=23)
        snapshot_of(campaign, "hour", bucket, slices=0)
        assert asked(owner, campaign, **told)["totals"] == {"clicks": 5}
        snapshot_of(campaign, "hour", bucket + timedelta(hours=5), slices=0, sequence=2, bucket=bucket)
        assert asked(owner, campaign, **told)["totals"] == {"clicks": 3}

    def test_a_region_is_told_by_the_report_that_has_it_and_its_totals_too(self) -> None:
        owner = people.owner()
        campaign = campaign_of(owner)
        put_days(
            account_day(campaign, date(2026, 11, 2), clicks=30),
            account_day(campaign, date(2026, 11, 2), source="day_country", region="DE", clicks=20),
            account_day(campaign, date(2026, 11, 2), source="day_country", region="FR", clicks=9),
        )
        whole = asked(owner, campaign, metrics="clicks", **WEEK)
        assert (whole["totals"], whole["report"]) == ({"clicks": 30}, "day")
        broken = asked(owner, campaign, metrics="clicks", breakdown="region", **WEEK)
        assert column(broken["rows"], "region", "clicks") == [("DE", 20), ("FR", 9)]
        assert (broken["totals"], broken["report"]) == ({"clicks": 29}, "day_country")
        assert codes(broken) == ["report_differs"]
        one = asked(owner, campaign, metrics="clicks", region="FR", **WEEK)
        assert (one["totals"], one["report"]) == ({"clicks": 9}, "day_country")

    @pytest.mark.parametrize(
        "asked_for", [{"granularity": "hour"}, {"breakdown": "device"}, {"device": "tv"}]
    )
    def test_a_day_that_is_told_as_a_whole_only_is_null_and_never_nothing(
        self, asked_for: dict[str, str]
    ) -> None:
        owner = people.owner()
        campaign = campaign_of(owner)
        put_days(account_day(campaign, date(2026, 11, 2), clicks=30))
        put(
            quarter_hour(campaign, MONDAY, clicks=3, device="tv"),
            quarter_hour(campaign, MONDAY, source="tracked", clicks=2),
        )
        body = asked(owner, campaign, metrics="clicks,tracked_clicks", **asked_for, **WEEK)
        assert [row["clicks"] for row in body["rows"] if row["tracked_clicks"] == 0] == [None]
        assert body["totals"]["clicks"] is None
        assert "breakdown_unavailable" in codes(body)
        assert "two_origins" in codes(body)
        events = asked(owner, campaign, metrics="clicks", origin="events", **asked_for, **WEEK)
        assert (events["totals"], codes(events)) == ({"clicks": 3}, [])

    def test_a_day_that_is_told_both_as_a_whole_and_in_parts_is_known(self) -> None:
        owner = people.owner()
        campaign = campaign_of(owner)
        put_days(account_day(campaign, date(2026, 11, 2), clicks=30))
        put(quarter_hour(campaign, MONDAY, source="hour", clicks=29))
        body = asked(owner, campaign, metrics="clicks", granularity="hour", **WEEK)
        assert (body["totals"], codes(body)) == ({"clicks": 29}, [])

    def test_a_day_of_the_ad_account_stays_that_day_and_says_so(self) -> None:
        owner = people.owner()
        campaign = campaign_of(owner)
        put_days(account_day(campaign, date(2026, 11, 2), "America/Los_Angeles", clicks=30))
        body = asked(owner, campaign, metrics="clicks", timezone="Asia/Tokyo", **WEEK)
        assert column(body["rows"], "bucket", "clicks") == [("2026-11-02", 30)]
        assert codes(body) == ["account_day_kept"]
        assert asked(owner, campaign, granularity="week", **WEEK)["totals"]["clicks"] == 30

    def test_days_outside_the_range_are_not_read(self) -> None:
        owner = people.owner()
        campaign = campaign_of(owner)
        put_days(
            account_day(campaign, date(2026, 11, 1), clicks=1),
            account_day(campaign, date(2026, 11, 8), clicks=2),
            account_day(campaign, date(2026, 11, 9), clicks=4),
        )
        for granularity in ("day", "month", "total"):
            body = asked(owner, campaign, granularity=granularity, metrics="clicks", **WEEK)
            assert body["totals"] == {"clicks": 2}


class TestFreshness:
    def test_a_source_says_when_it_delivered_last_whatever_is_delivered_again(self) -> None:
        owner = people.owner()
        campaign = campaign_of(owner)
        assert sources(owner, campaign) == [{"source": "events", "last_received_at": None, "state": "never"}]
        event_of(campaign, MONDAY, received=MONDAY + timedelta(seconds=7))
        event_of(campaign, MONDAY, received=MONDAY + timedelta(seconds=3))
        [source] = sources(owner, campaign)
        assert source["last_received_at"] == "2026-11-02T10:00:07Z"

    def test_so_it_does_once_its_marks_are_settled_and_its_raw_rows_are_gone(self) -> None:
        owner = people.owner()
        campaign = campaign_of(owner)
        event_of(campaign, MONDAY, received=MONDAY + timedelta(seconds=7))
        for table in ("dirty_buckets", "metric_events"):
            forget(table, campaign)
        [source] = sources(owner, campaign)
        assert source["last_received_at"] == "2026-11-02T10:00:07Z"

    def test_each_report_is_a_source_of_its_own(self) -> None:
        owner = people.owner()
        campaign = campaign_of(owner)
        snapshot_of(campaign, "day", MONDAY, slices=0)
        snapshot_of(campaign, "day_country", MONDAY + timedelta(days=3), slices=0)
        [source] = sources(owner, campaign, origin="report")
        assert (source["source"], source["last_received_at"]) == ("day", "2026-11-03T10:00:00Z")

    def test_tracking_is_a_source_once_there_was_any(self) -> None:
        owner = people.owner()
        campaign = campaign_of(owner)
        put(quarter_hour(campaign, MONDAY - timedelta(days=300), source="tracked", clicks=1))
        assert [source["source"] for source in sources(owner, campaign)] == ["events", "tracked"]

    def test_a_mark_that_is_not_settled_keeps_its_row_open(self) -> None:
        owner = people.owner()
        campaign = campaign_of(owner)
        old = {"start_date": "2026-06-01", "end_date": "2026-06-02", "metrics": "clicks"}
        first, second = datetime(2026, 6, 1, 9, tzinfo=UTC), datetime(2026, 6, 2, 9, tzinfo=UTC)
        put(quarter_hour(campaign, first, clicks=1), quarter_hour(campaign, second, clicks=1))
        event_of(campaign, second)
        rows = asked(owner, campaign, **old)["rows"]
        assert column(rows, "bucket", "is_final") == [("2026-06-01", True), ("2026-06-02", False)]

    @pytest.mark.parametrize(
        ("timezone", "begins"),
        [
            ("Pacific/Kiritimati", datetime(2026, 5, 31, 10, tzinfo=UTC)),  # 14 hours ahead
            ("Pacific/Pago_Pago", datetime(2026, 6, 1, 11, tzinfo=UTC)),
        ],
    )
    def test_an_account_s_day_that_is_marked_is_open_wherever_it_began(
        self, timezone: str, begins: datetime
    ) -> None:
        owner = people.owner()
        campaign = campaign_of(owner)
        put_days(
            *(
                account_day(campaign, date(2026, month, day), timezone, clicks=1)
                for month, day in [(5, 29), (6, 1), (6, 4)]
            )
        )
        day = datetime(2026, 6, 1, tzinfo=UTC)
        snapshot_of(campaign, "day", begins, slices=0, bucket=day)
        old = {"start_date": "2026-05-29", "end_date": "2026-06-04", "metrics": "clicks"}
        rows = asked(owner, campaign, **old)["rows"]
        assert column(rows, "bucket", "is_final") == [
            ("2026-05-29", True),
            ("2026-06-01", False),
            ("2026-06-04", True),
        ]


def sources(who: Person, campaign: Campaign, **given: str) -> list[dict[str, Any]]:
    return list(asked(who, campaign, **WEEK, **given)["freshness"]["sources"])


def event_of(campaign: Campaign, at: datetime, received: datetime | None = None) -> None:
    at_ms = int(at.timestamp() * 1000)
    received_us = int((received or at).timestamp() * 1_000_000)
    row = {
        "workspace_id": campaign.workspace_id,
        "campaign_id": campaign.id,
        "occurred_at": at_ms,
        "event_id_as_sent": str(uuid4()),
        "version": event_version(at_ms, received_us, 0),
        "platform": "meta",
        "clicks": 1,
    }
    insert(METRIC_EVENTS, {name: [value] for name, value in row.items()}, feature=FEATURE)


def forget(table: str, campaign: Campaign) -> None:
    sql = f"ALTER TABLE {table} DELETE WHERE campaign_id = %(campaign)s SETTINGS mutations_sync = 1"
    writer().run(sql, {"campaign": campaign.id}, feature=FEATURE)


def snapshot_of(
    campaign: Campaign,
    report: str,
    starts: datetime,
    *,
    slices: int,
    sequence: int = 1,
    bucket: datetime | None = None,
) -> None:
    row = {
        "workspace_id": campaign.workspace_id,
        "platform": "meta",
        "external_account_id": "act_1",
        "report": report,
        "external_campaign_id": "c1",
        "bucket": bucket or starts,
        "version": snapshot_version(sequence, 0),
        "campaign_id": campaign.id,
        "timezone": "UTC",
        "starts_at": starts,
        "ends_at": starts + timedelta(days=1),
        "slices": slices,
        "received_at": starts + timedelta(days=1),
    }
    insert(SNAPSHOTS, {name: [value] for name, value in row.items()}, feature=FEATURE)
