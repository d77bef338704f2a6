"""What a question may say, and what is assumed where it says nothing."""

from datetime import date
from typing import get_args

import pytest

from ingestion.events.bounds import Device
from insights.metrics import METRICS
from insights.query.parse import parse
from insights.query.question import DEVICES, Fill, Granularity, Origin
from tests.unit.insights.questions import NOW, SUBJECT, question, refused


def test_a_bare_question_is_about_the_last_thirty_days() -> None:
    bare = question()
    assert (bare.start_date, bare.end_date) == (date(2026, 10, 22), date(2026, 11, 20))
    assert (bare.granularity, bare.origin, bare.fill) == (Granularity.DAY, Origin.WHAT_COUNTS, Fill.NOTHING)
    assert (bare.timezone, bare.currency, bare.breakdown, bare.filters) == ("UTC", "EUR", (), {})
    assert (bare.metrics, bare.order, bare.limit) == (tuple(METRICS), "bucket", None)


@pytest.mark.parametrize(
    ("given", "start", "end"),
    [
        ({"start_date": "2026-11-01"}, date(2026, 11, 1), date(2026, 11, 20)),
        ({"start_date": "2027-01-01"}, date(2027, 1, 1), date(2027, 1, 1)),
        ({"end_date": "2026-10-30"}, date(2026, 10, 1), date(2026, 10, 30)),
        ({"start_date": "2026-11-01", "end_date": "2026-11-01"}, date(2026, 11, 1), date(2026, 11, 1)),
        ({"preset": "today"}, date(2026, 11, 20), date(2026, 11, 20)),
        ({"preset": "today", "timezone": "Asia/Kolkata"}, date(2026, 11, 21), date(2026, 11, 21)),
        ({"preset": "yesterday"}, date(2026, 11, 19), date(2026, 11, 19)),
        ({"preset": "last_7_days"}, date(2026, 11, 14), date(2026, 11, 20)),
        ({"preset": "this_week"}, date(2026, 11, 16), date(2026, 11, 20)),
        ({"preset": "last_week"}, date(2026, 11, 9), date(2026, 11, 15)),
        ({"preset": "this_month"}, date(2026, 11, 1), date(2026, 11, 20)),
        ({"preset": "last_month"}, date(2026, 10, 1), date(2026, 10, 31)),
    ],
)
def test_ranges(given: dict[str, str], start: date, end: date) -> None:
    asked = question(**given)
    assert (asked.start_date, asked.end_date) == (start, end)


@pytest.mark.parametrize("word", ["hourly", "daily", "weekly", "monthly", "quarterly"])
def test_adverbs_mean_the_same(word: str) -> None:
    noun = "day" if word == "daily" else word.removesuffix("ly")
    assert question(granularity=word) == question(granularity=noun)


def test_lists_are_put_into_one_order() -> None:
    asked = question(breakdown="device,platform", platform="tiktok,meta", metrics="ctr,clicks,clicks")
    assert asked.breakdown == ("platform", "device")
    assert asked.filters == {"platform": ("meta", "tiktok")}
    assert asked.metrics == ("clicks", "ctr")


def test_a_list_may_come_in_pieces() -> None:
    assert parse({"region": ["DE", "US,FR"]}, SUBJECT, NOW).filters == {"region": ("DE", "FR", "US")}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"start": "2026-11-01"}, {"start": "unknown_parameter"}),
        ({"compare": "previous_period"}, {"compare": "not_available_yet"}),
        ({"attribution": "linear"}, {"attribution": "not_available_yet"}),
        ({"as_of": "2026-11-01T00:00:00Z"}, {"as_of": "not_available_yet"}),
        ({"currency": "USD"}, {"currency": "not_available_yet"}),
        ({"start_date": "20261101"}, {"start_date": "invalid"}),
        ({"start_date": "2026-02-30"}, {"start_date": "invalid"}),
        ({"start_date": "1999-12-31"}, {"start_date": "invalid"}),
        ({"end_date": ""}, {"end_date": "blank"}),
        ({"start_date": "2026-11-02", "end_date": "2026-11-01"}, {"end_date": "before_start"}),
        ({"preset": "last_7_days", "end_date": "2026-11-01"}, {"preset": "conflict"}),
        ({"preset": "ever"}, {"preset": "invalid_choice"}),
        ({"granularity": "minute"}, {"granularity": "invalid_choice"}),
        ({"breakdown": "platform,source"}, {"breakdown": "invalid_choice"}),
        ({"region": "de"}, {"region": "invalid_choice"}),
        ({"device": ""}, {"device": "invalid_choice"}),
        ({"metrics": "clicks, ctr"}, {"metrics": "invalid_choice"}),
        ({"timezone": "Berlin"}, {"timezone": "invalid_choice"}),
        ({"timezone": "../../etc/passwd"}, {"timezone": "invalid_choice"}),
        ({"origin": "tracked"}, {"origin": "invalid_choice"}),
        ({"fill": "0"}, {"fill": "invalid_choice"}),
        ({"order": "name"}, {"order": "invalid_choice"}),
        ({"limit": "0"}, {"limit": "invalid"}),
        ({"limit": "١"}, {"limit": "invalid"}),
        ({"granularity": "hour", "start_date": "2025-01-01"}, {"start_date": "range_too_long"}),
        ({"limit": "x", "fill": "x"}, {"limit": "invalid", "fill": "invalid_choice"}),
    ],
)
def test_what_is_wrong_is_named(given: dict[str, str], code: dict[str, str]) -> None:
    assert refused(**given) == code


def test_a_parameter_given_twice_is_refused_rather_than_chosen_from() -> None:
    with pytest.raises(Exception, match="not valid") as caught:
        parse({"fill": ["zero", "null"]}, SUBJECT, NOW)
    assert caught.value.errors[0]["code"] == "repeated"  # type: ignore[attr-defined]


def test_devices_are_those_of_the_events() -> None:
    assert {*DEVICES, ""} == set(get_args(Device))
