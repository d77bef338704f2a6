"""What a campaign's insights tell, from rows of the rollups to the body of the answer."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

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

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
WEEK = {"start_date": "2026-11-02", "end_date": "2026-11-08"}


def test_the_example_of_the_contract() -> None:
    owner = people.owner()
    campaign = campaign_of(owner, timezone="Europe/Berlin")
    put(
        quarter_hour(campaign, MONDAY, impressions=600, clicks=12, conversions=1, spend="6.30", revenue="42"),
        quarter_hour(
            campaign, MONDAY + timedelta(minutes=15), impressions=400, clicks=8, conversions=1, spend="4.2"
        ),
        quarter_hour(campaign, MONDAY, source="tracked", clicks=18, conversions=2, revenue=Decimal(40)),
    )
    body = asked(owner, campaign, breakdown="platform", **WEEK)
    [row] = body["rows"]
    assert row == {
        "bucket": "2026-11-02",
        "platform": "meta",
        "impressions": 1000,
        "clicks": 20,
        "conversions": 2,
        "spend": "10.50",
        "revenue": "42.00",
        "ctr": 0.02,
        "cpc": 0.525,
        "cpm": 10.5,
        "cpa": 5.25,
        "roas": 4.0,
        "conversion_rate": 0.1,
        "average_order_value": 21.0,
        "tracked_clicks": 18,
        "tracked_conversions": 2,
        "tracked_value": "40.00",
        "is_final": True,
    }
    assert body["totals"] == {name: row[name] for name in body["query"]["metrics"]}
    assert (body["report"], body["warnings"], body["comparison"]) == ("events", [], None)
    assert body["query"]["timezone"] == "Europe/Berlin"


def test_what_a_platform_does_not_report_is_null_and_never_a_zero() -> None:
    owner = people.owner()
    campaign = campaign_of(owner)
    put(
        quarter_hour(campaign, MONDAY, spend=Decimal(100), revenue=Decimal(400)),
        quarter_hour(campaign, MONDAY, platform="google", spend=Decimal(60)),
    )
    body = asked(owner, campaign, breakdown="platform", metrics="spend,revenue,roas", **WEEK)
    assert column(body["rows"], "platform", "spend", "revenue", "roas") == [
        ("google", "60.00", None, None),
        ("meta", "100.00", "400.00", 4.0),
    ]
    assert body["totals"] == {
        "spend": "160.00",
        "revenue": None,
        "roas": 4.0,
        "known": {"revenue": "400.00"},
    }
    assert codes(body) == ["partial_metric"]


def test_money_in_another_currency_is_never_added() -> None:
    owner = people.owner()
    campaign = campaign_of(owner)
    put(
        quarter_hour(campaign, MONDAY, clicks=1, spend=Decimal(5)),
        quarter_hour(campaign, MONDAY, clicks=2, spend=Decimal(7), currency="USD"),
    )
    body = asked(owner, campaign, metrics="clicks,spend,cpc", **WEEK)
    assert body["totals"] == {"clicks": 3, "spend": None, "cpc": None, "known": {"spend": "5.00"}}
    assert codes(body) == ["partial_metric"]


def test_a_deleted_key_and_an_older_version_do_not_count() -> None:
    owner = people.owner()
    campaign = campaign_of(owner)
    put(quarter_hour(campaign, MONDAY, clicks=1), quarter_hour(campaign, MONDAY, clicks=5, region="DE"))
    put(
        quarter_hour(campaign, MONDAY, clicks=2, version=2),
        quarter_hour(campaign, MONDAY, region="DE", version=2, is_deleted=1),
    )
    assert asked(owner, campaign, metrics="clicks", **WEEK)["totals"] == {"clicks": 2}


def test_where_the_platform_reported_metric_events_do_not_count() -> None:
    owner = people.owner()
    campaign = campaign_of(owner)
    put(
        quarter_hour(campaign, MONDAY, clicks=3),
        quarter_hour(campaign, MONDAY, clicks=4, platform="google"),
        quarter_hour(campaign, MONDAY + timedelta(days=1), clicks=5),
        quarter_hour(campaign, MONDAY, source="tracked", clicks=2),
    )
    put_days(account_day(campaign, date(2026, 11, 2), clicks=30))
    body = asked(owner, campaign, metrics="clicks,tracked_clicks", **WEEK)
    assert column(body["rows"], "bucket", "clicks", "tracked_clicks") == [
        ("2026-11-02", 34, 2),
        ("2026-11-03", 5, 0),
    ]
    assert (codes(body), body["report"]) == (["two_origins"], "day")
    events = asked(owner, campaign, metrics="clicks", origin="events", **WEEK)
    assert (events["totals"], events["report"]) == ({"clicks": 12}, "events")
    report = asked(owner, campaign, metrics="clicks", origin="report", **WEEK)
    assert (report["totals"], report["report"], codes(report)) == ({"clicks": 30}, "day", [])


@pytest.mark.parametrize("granularity", ["day", "quarter"])
def test_the_longest_range_can_be_asked_for(granularity: str) -> None:
    """9,000 days: their edges make the longest statement that there is."""
    owner = people.owner()
    campaign = campaign_of(owner)
    put(quarter_hour(campaign, MONDAY, clicks=2))
    longest = {"start_date": "2010-04-01", "end_date": "2034-11-20", "granularity": granularity}
    assert asked(owner, campaign, metrics="clicks", **longest)["totals"] == {"clicks": 2}


def test_hours_are_told_with_their_offset() -> None:
    owner = people.owner()
    campaign = campaign_of(owner, timezone="Asia/Kolkata")
    put(
        quarter_hour(campaign, datetime(2026, 11, 1, 18, 15, tzinfo=UTC), clicks=1),
        quarter_hour(campaign, datetime(2026, 11, 1, 18, 30, tzinfo=UTC), clicks=2),
        quarter_hour(campaign, datetime(2026, 11, 1, 19, 15, tzinfo=UTC), clicks=4),
        quarter_hour(campaign, datetime(2026, 11, 1, 19, 30, tzinfo=UTC), clicks=8),
    )
    body = asked(owner, campaign, granularity="hourly", metrics="clicks", **WEEK)
    assert column(body["rows"], "bucket", "clicks") == [
        ("2026-11-02T00:00:00+05:30", 6),
        ("2026-11-02T01:00:00+05:30", 8),
    ]
