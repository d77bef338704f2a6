"""From what the engine found to the body: sums, ratios, nulls, what is missing, fills, order, finality."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from insights.metrics import METRICS, Ratio, Unit
from insights.query.answer import answer, shown
from insights.query.freshness import Freshness
from insights.query.sql import Found
from tests.unit.insights.questions import NOW, at, found, freshness, planned, question, refused

FIRST, SECOND, THIRD = at(2026, 11, 1), at(2026, 11, 2), at(2026, 11, 3)
RANGE = {"start_date": "2026-11-01", "end_date": "2026-11-03"}


def told(*rows: Found, fresh: Freshness | None = None, **given: str) -> dict[str, Any]:
    given = RANGE | given
    return answer(question(**given), planned(**given), rows, fresh or freshness())


def codes(body: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in body["warnings"]]


def test_nothing_at_all_is_not_known_to_be_nothing() -> None:
    body = told(metrics="clicks,spend,ctr,tracked_clicks")
    assert body["rows"] == []
    assert body["totals"] == {"clicks": None, "spend": None, "ctr": None, "tracked_clicks": None}
    assert (body["report"], body["warnings"]) == ("events", [])


def test_totals_come_from_unrounded_values() -> None:
    rows = [found(begins, spend=Decimal("0.0000015"), clicks=3) for begins in (FIRST, SECOND)]
    body = told(*rows, metrics="spend,cpc")
    assert [row["spend"] for row in body["rows"]] == ["0.000002", "0.000002"]
    assert body["totals"] == {"spend": "0.000003", "cpc": 0.000000}


@pytest.mark.parametrize(
    ("ratio", "above", "below", "expected"),
    [
        ("ctr", 1, 3, Decimal("0.333333")),
        ("ctr", 2, 3, Decimal("0.666667")),
        ("ctr", Decimal("0.0000005"), 1, Decimal("0.000000")),
        ("ctr", Decimal("0.0000015"), 1, Decimal("0.000002")),
        ("cpm", Decimal("10.5"), 1000, Decimal("10.5")),
        ("roas", Decimal(10) ** 30, Decimal("0.000001"), Decimal(10) ** 36),
        ("roas", 1, 0, None),
        ("roas", 0, 0, None),
    ],
)
def test_ratios_are_rounded_once_half_even(ratio: str, above: Any, below: Any, expected: Any) -> None:
    metric = METRICS[ratio]
    assert isinstance(metric, Ratio)
    assert metric.of(Decimal(above), Decimal(below)) == expected


@pytest.mark.parametrize(
    ("unit", "value", "expected"),
    [
        (Unit.COUNT, Decimal("2.000000"), 2),
        (Unit.COUNT, Decimal("2.5"), 2.5),
        (Unit.MONEY, Decimal("2.5"), "2.50"),
        (Unit.MONEY, Decimal(0), "0.00"),
        (Unit.RATIO, Decimal("4.000000"), 4.0),
        (Unit.COUNT, None, None),
    ],
)
def test_how_values_leave(unit: Unit, value: Decimal | None, expected: object) -> None:
    assert shown(unit, value) == expected


def test_a_missing_operand_makes_the_total_null_and_says_what_is_known() -> None:
    body = told(
        found(FIRST, spend=Decimal(10), revenue=Decimal(40)),
        found(SECOND, spend=Decimal(20)),
        metrics="spend,revenue,roas",
    )
    assert [row["revenue"] for row in body["rows"]] == ["40.00", None]
    assert body["totals"] == {"spend": "30.00", "revenue": None, "roas": 4.0, "known": {"revenue": "40.00"}}
    [warning] = body["warnings"]
    assert (warning["code"], warning["metrics"]) == ("partial_metric", ["revenue"])


def test_a_ratio_never_divides_one_platform_by_another() -> None:
    rows = found(FIRST, spend=Decimal(10)), found(FIRST, platform="google", revenue=Decimal(40))
    assert told(*rows, metrics="roas")["totals"] == {"roas": None}


def test_what_nothing_reports_is_said_and_only_if_it_was_asked_for() -> None:
    assert codes(told(found(FIRST, clicks=1), metrics="clicks")) == []
    body = told(found(FIRST, clicks=1), metrics="clicks,spend,cpc")
    assert (codes(body), body["totals"]["spend"]) == (["not_reported"], None)


def test_foreign_money_is_known_to_be_missing() -> None:
    body = told(found(FIRST, clicks=1, spend=Decimal(5), foreign_spend=True), metrics="clicks,spend")
    assert body["totals"] == {"clicks": 1, "spend": None, "known": {"spend": "5.00"}}
    assert codes(body) == ["partial_metric"]


def test_what_no_source_of_a_row_reports_is_null_with_a_warning() -> None:
    seen = found(FIRST, "tracked", clicks=2)
    body = told(seen, fresh=freshness(tracked=True), metrics="spend,tracked_clicks")
    assert body["totals"] == {"spend": None, "tracked_clicks": 2}
    assert [(one["code"], one["metrics"]) for one in body["warnings"]] == [("not_reported", ["spend"])]
    assert codes(told(seen, fresh=freshness(tracked=True), metrics="tracked_clicks")) == []


def test_tracked_figures_are_null_before_any_tracking_and_zero_after() -> None:
    never = told(found(FIRST, clicks=1), metrics="tracked_clicks,tracked_value")
    assert never["totals"] == {"tracked_clicks": None, "tracked_value": None}
    since = told(
        found(FIRST, clicks=1), fresh=freshness(tracked=True), metrics="tracked_clicks,tracked_value"
    )
    assert since["totals"] == {"tracked_clicks": 0, "tracked_value": "0.00"}
    assert codes(since) == codes(never) == []


def test_tracking_beside_a_platform_makes_nothing_of_that_platform_unknown() -> None:
    rows = found(FIRST, clicks=4), found(FIRST, "tracked", platform="google", clicks=2, conversions=1)
    body = told(*rows, fresh=freshness(tracked=True), breakdown="platform", metrics="clicks,tracked_clicks")
    assert [(row["platform"], row["clicks"], row["tracked_clicks"]) for row in body["rows"]] == [
        ("google", None, 2),
        ("meta", 4, 0),
    ]
    assert (body["totals"], codes(body)) == ({"clicks": 4, "tracked_clicks": 2}, [])


def test_a_week_may_have_days_of_a_report_and_days_of_events() -> None:
    monday = at(2026, 11, 2)
    rows = found(monday, "report", clicks=30), found(monday, clicks=5)
    given = {"start_date": "2026-11-02", "end_date": "2026-11-08", "granularity": "week"}
    body = told(*rows, metrics="clicks", **given)
    assert (body["totals"], body["report"]) == ({"clicks": 35}, "day")


def test_events_that_a_report_outweighs_are_told_and_not_counted() -> None:
    rows = found(FIRST, "report", clicks=30), found(0, "overlapped", clicks=5)
    body = told(*rows, metrics="clicks")
    assert (body["totals"], codes(body)) == ({"clicks": 30}, ["two_origins"])


def test_a_report_that_differs_or_has_other_days_says_so() -> None:
    body = told(
        found(FIRST, "report", region="DE", clicks=3, other_days=True), breakdown="region", metrics="clicks"
    )
    assert (body["report"], codes(body)) == ("day_country", ["report_differs", "account_day_kept"])


def test_a_breakdown_that_no_report_offers_is_null() -> None:
    rows = found(FIRST, "report", clicks=3), found(SECOND, region="DE", device="tv", clicks=4)
    body = told(*rows, breakdown="region,device", metrics="clicks")
    assert [(row["region"], row["device"], row["clicks"]) for row in body["rows"]] == [
        (None, None, 3),
        ("DE", "tv", 4),
    ]
    assert codes(body) == ["breakdown_unavailable"]


def test_a_filter_that_no_report_offers_makes_its_figures_unknown() -> None:
    rows = found(FIRST, "report", clicks=3), found(SECOND, clicks=4)
    body = told(*rows, region="DE", device="tv", metrics="clicks")
    assert [row["clicks"] for row in body["rows"]] == [None, 4]
    assert body["totals"] == {"clicks": None, "known": {"clicks": 4}}
    assert "breakdown_unavailable" in codes(body)


class TestFill:
    def test_zero_goes_as_far_as_the_data_and_null_after(self) -> None:
        reached = NOW.replace(day=2, hour=0, minute=30)
        fresh = freshness(data_through=reached, now=reached)
        body = told(found(FIRST, clicks=1), fresh=fresh, fill="zero", metrics="clicks,ctr")
        assert [(row["bucket"], row["clicks"], row["ctr"]) for row in body["rows"]] == [
            ("2026-11-01", 1, None),
            ("2026-11-02", 0, None),
            ("2026-11-03", None, None),
        ]
        assert body["totals"]["clicks"] == 1

    def test_a_day_that_delayed_data_ends_within_is_not_a_zero(self) -> None:
        fresh = freshness(data_through=NOW.replace(day=3, hour=23, minute=59), now=NOW)
        body = told(found(FIRST, clicks=1), fresh=fresh, fill="zero", metrics="clicks")
        assert [row["clicks"] for row in body["rows"]] == [1, 0, None]

    def test_where_a_platform_reports_a_day_without_figures_is_not_a_zero(self) -> None:
        body = told(found(FIRST, "report", clicks=1), fill="zero", metrics="clicks")
        assert [row["clicks"] for row in body["rows"]] == [1, None, None]

    def test_there_too_nothing_tracked_is_a_zero(self) -> None:
        fresh = freshness(tracked=True)
        body = told(
            found(FIRST, "report", clicks=1), fresh=fresh, fill="zero", metrics="clicks,tracked_clicks"
        )
        assert [(row["clicks"], row["tracked_clicks"]) for row in body["rows"]] == [
            (1, 0),
            (None, 0),
            (None, 0),
        ]

    def test_every_known_value_of_a_breakdown_gets_its_rows(self) -> None:
        rows = found(FIRST, clicks=1), found(THIRD, platform="google", clicks=2)
        body = told(*rows, fill="null", breakdown="platform", metrics="clicks")
        assert [(row["bucket"][-2:], row["platform"], row["clicks"]) for row in body["rows"]] == [
            ("01", "google", None),
            ("01", "meta", 1),
            ("02", "google", None),
            ("02", "meta", None),
            ("03", "google", 2),
            ("03", "meta", None),
        ]


@pytest.mark.parametrize(
    ("order", "clicks"),
    [
        ("bucket", [2, 9, None]),
        ("-bucket", [None, 9, 2]),
        ("clicks", [2, 9, None]),
        ("-clicks", [9, 2, None]),
    ],
)
def test_order_puts_the_unknown_last(order: str, clicks: list[int | None]) -> None:
    rows = found(THIRD, impressions=1), found(SECOND, clicks=9), found(FIRST, clicks=2)
    assert [row["clicks"] for row in told(*rows, order=order)["rows"]] == clicks


def test_a_limit_cuts_rows_and_not_totals() -> None:
    body = told(found(FIRST, clicks=1), found(SECOND, clicks=2), limit="1", metrics="clicks")
    assert (len(body["rows"]), body["totals"]) == (1, {"clicks": 3})


class TestFinality:
    def final(self, standing: str = "events", origin: str = "", **changes: Any) -> bool:
        given = {"origin": origin} if origin else {}
        body = told(found(FIRST, standing, clicks=1), fresh=freshness(**changes), **given)
        return bool(body["rows"][0]["is_final"])

    def test_a_row_is_final_once_nothing_more_is_expected(self) -> None:
        through = NOW.replace(day=5, hour=0, minute=0)
        assert self.final(data_through=through)
        assert not self.final(data_through=through - timedelta(seconds=1))
        assert not self.final(data_through=None)

    def test_a_report_is_restated_for_longer(self) -> None:
        assert not self.final("report")
        assert self.final("report", data_through=NOW + timedelta(days=10))

    def test_events_wait_as_long_where_a_platform_reports_unless_nobody_asks_it(self) -> None:
        through = NOW.replace(day=5, hour=0, minute=0)
        told = {"data_through": through, "last_received": {"events": NOW, "day": NOW}}
        assert not self.final(**told)
        assert self.final(origin="events", **told)
        assert self.final(**told | {"data_through": NOW + timedelta(days=10)})

    def test_an_unsettled_mark_keeps_its_bucket_open(self) -> None:
        assert self.final(unsettled=frozenset({SECOND}))
        assert not self.final(unsettled=frozenset({FIRST}))


@pytest.mark.parametrize(
    ("changes", "state", "warned"),
    [
        ({}, "ok", []),
        ({"data_through": NOW - timedelta(seconds=61)}, "delayed", ["source_delayed"]),
        ({"data_through": None}, "delayed", ["source_delayed"]),
        ({"last_received": {}}, "never", []),
        ({"last_received": {}, "data_through": NOW - timedelta(seconds=61)}, "delayed", ["source_delayed"]),
        ({"last_received": {}, "data_through": None}, "delayed", ["source_delayed"]),
    ],
)
def test_states_of_a_source(changes: dict[str, Any], state: str, warned: list[str]) -> None:
    body = told(found(FIRST, clicks=1), fresh=freshness(**changes), metrics="clicks", end_date="2026-11-20")
    assert [source["state"] for source in body["freshness"]["sources"]] == [state]
    assert codes(body) == warned


def test_a_delay_is_told_of_every_source_of_the_question() -> None:
    second = timedelta(seconds=1)
    late = freshness(data_through=None, tracked=True, last_received={"tracked": NOW - second})
    body = told(found(FIRST, "tracked", clicks=1), fresh=late, metrics="tracked_clicks")
    assert [(one["code"], one["source"]) for one in body["warnings"]] == [
        ("source_delayed", "events"),
        ("source_delayed", "tracked"),
    ]


def test_a_delay_concerns_nobody_who_asks_for_what_is_there() -> None:
    late = freshness(data_through=NOW - timedelta(days=2))
    assert codes(told(found(FIRST, clicks=1), fresh=late, metrics="clicks")) == []
    never = told(fresh=freshness(data_through=NOW - timedelta(days=2), last_received={}), metrics="clicks")
    assert (never["freshness"]["sources"][0]["state"], codes(never)) == ("never", [])


def test_the_answer_repeats_the_question_as_it_was_understood() -> None:
    assert told(granularity="daily", platform="meta")["query"] | {"metrics": ()} == {
        "campaign_id": question().subject.campaign_ids[0],
        "start_date": question(**RANGE).start_date,
        "end_date": question(**RANGE).end_date,
        "granularity": "day",
        "breakdown": (),
        "filters": {"platform": ("meta",)},
        "metrics": (),
        "timezone": "UTC",
        "currency": "EUR",
        "origin": None,
        "fill": "none",
        "order": "bucket",
        "limit": None,
        "compare": None,
        "attribution": None,
        "as_of": None,
    }


def test_a_bad_range_is_no_plan() -> None:
    assert refused(start_date="2000-01-01", end_date="2099-12-31") == {"start_date": "range_too_long"}


@pytest.mark.parametrize("granularity", ["hour", "day", "total"])
def test_a_day_that_a_zone_left_out_cannot_be_asked_for(granularity: str) -> None:
    day = {"timezone": "Pacific/Apia", "granularity": granularity}
    left_out = refused(start_date="2011-12-30", end_date="2011-12-30", **day)
    assert left_out == {"start_date": "no_such_day"}
    assert refused(start_date="2011-12-29", end_date="2011-12-31", **day) == {}
