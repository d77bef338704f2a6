"""What is out of bounds is refused by name, and never cut."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from ingestion.errors import InvalidEvent
from ingestion.events.bounds import LARGEST_COUNT
from ingestion.events.envelope import MetricEvent
from ingestion.events.sent import read_sent
from runtime.money import LARGEST_AMOUNT
from tests.sent_events import NOW, accepted, accepted_click, accepted_metric, click, conversion, metric


def refusal(body: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(InvalidEvent) as refused:
        accepted(body)
    return refused.value.field, refused.value.code


@pytest.mark.parametrize("field", ["spend", "revenue"])
@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("-0.01", "out_of_range"),
        ("NaN", "out_of_range"),
        ("sNaN", "out_of_range"),
        ("Infinity", "out_of_range"),
        ("1e999999", "out_of_range"),
        ("1000000000000", "out_of_range"),
        ("0.0000001", "max_decimal_places"),
        ("1e-999999", "max_decimal_places"),
        ("12,5", "invalid"),
        ("", "invalid"),
        (True, "invalid"),
        ([], "invalid"),
    ],
)
def test_an_amount_that_cannot_be_stored_exactly_is_refused(field: str, amount: Any, code: str) -> None:
    assert refusal(metric(**{field: amount})) == (field, code)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("0", "0.00"),
        ("-0", "0.00"),
        ("10.5", "10.50"),
        ("0.000125", "0.000125"),
        (3, "3.00"),
        ("1e3", "1000.00"),
    ],
)
def test_an_amount_is_kept_to_its_last_place(sent: Any, kept: str) -> None:
    assert str(accepted_metric(spend=sent).payload.spend) == kept


def test_the_largest_amount_is_kept() -> None:
    assert accepted_metric(spend=str(LARGEST_AMOUNT)).payload.spend == LARGEST_AMOUNT


def test_a_number_in_json_does_not_pass_through_a_binary_fraction() -> None:
    body = msgspec.json.encode(metric()).replace(b'"clicks":3', b'"spend":999999999999.999999')
    sent: Any = read_sent(body)
    assert sent.spend == Decimal("999999999999.999999")


@pytest.mark.parametrize(
    ("count", "code"),
    [
        (-1, "min_value"),
        (LARGEST_COUNT + 1, "max_value"),
        (str(LARGEST_COUNT + 1), "invalid"),
        (10**40, "max_value"),
        (1.5, "invalid"),
        ("1.5", "invalid"),
    ],
)
def test_a_count_is_a_whole_number_within_reason(count: Any, code: str) -> None:
    assert refusal(metric(clicks=count)) == ("clicks", code)


@pytest.mark.parametrize("field", ["impressions", "clicks", "conversions"])
@pytest.mark.parametrize("spelling", [int, str])
def test_the_largest_count_is_taken_however_it_is_written(field: str, spelling: Any) -> None:
    payload = accepted_metric(**{field: spelling(LARGEST_COUNT)}).payload
    assert getattr(payload, field) == LARGEST_COUNT


def test_a_count_may_come_as_a_string() -> None:
    assert accepted_metric(clicks="1200").payload.clicks == 1200


def test_zero_is_known_to_be_nothing_and_absent_is_not_known() -> None:
    payload = accepted_metric(clicks=0).payload
    assert (payload.clicks, payload.impressions) == (0, None)


def test_an_event_that_counts_nothing_is_refused() -> None:
    assert refusal(metric(clicks=None)) == ("impressions", "required")


@pytest.mark.parametrize(
    ("early", "code"),
    [(timedelta(minutes=5, milliseconds=1), "in_the_future"), (-timedelta(days=3 * 366), "too_old")],
)
def test_a_time_far_ahead_or_far_back_is_refused(early: timedelta, code: str) -> None:
    assert refusal(metric(occurred_at=(NOW + early).isoformat())) == ("occurred_at", code)


@pytest.mark.parametrize("early", [timedelta(minutes=5), -timedelta(days=3 * 365)])
def test_a_time_is_judged_by_when_it_was_received(early: timedelta) -> None:
    """And by no other clock: what was accepted long ago is accepted again on every replay."""
    long_ago = NOW.replace(year=2009)
    time = long_ago + early
    event = accepted(metric(occurred_at=time.isoformat()), received_at=long_ago)
    assert msgspec.json.decode(msgspec.json.encode(event), type=MetricEvent) == event


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20",
        "2026-11-20T10:15:00",
        "2026-11-20T10:15Z",
        "2026-11-20T24:00:00Z",
        "2026-11-31T10:15:00Z",
        "2026-11-20T10:15:00.Z",
        "2026-11-20T10:15:00+99:00",
        "0001-01-01T00:00:00+12:00",
        "2026-W47-5T10:15:00Z",
        "٢٠٢٦-11-20T10:15:00Z",
        "2026-11-20T10:15:00Z\n",
        "1763633700",
        "",
    ],
)
def test_a_time_is_rfc_3339_with_a_zone(text: str) -> None:
    assert refusal(metric(occurred_at=text)) == ("occurred_at", "invalid")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("region", "XX", "invalid_choice"),
        ("region", "de", "invalid_choice"),
        ("region", "DEU", "max_length"),
        ("currency", "EURO", "max_length"),
        ("currency", "XXX", "invalid_choice"),
        ("device", "fridge", "invalid_choice"),
        ("platform", "myspace", "invalid_choice"),
        ("event_id", "", "blank"),
        ("event_id", "x" * 129, "max_length"),
        ("event_id", 7, "invalid"),
        ("campaign_id", "x" * 129, "max_length"),
        ("colour", "red", "unknown_field"),
        ("kind", "dream", "invalid"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(field: str, value: Any, code: str) -> None:
    assert refusal(metric(**{field: value})) == (field, code)


@pytest.mark.parametrize("field", ["campaign_id", "platform", "kind"])
def test_a_missing_field_is_named(field: str) -> None:
    assert refusal(metric(**{field: None})) == (field, "required")


@pytest.mark.parametrize(
    ("field", "most"),
    [("user_id", 128), ("source", 128), ("utm_source", 512), ("gclid", 512), ("referrer", 2048)],
)
def test_a_string_is_kept_whole_or_refused(field: str, most: int) -> None:
    assert accepted_click(**{field: "x" * most})
    assert refusal(click(**{field: "x" * (most + 1)})) == (field, "max_length")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff", b'{"kind":', b'"\\ud800"', b"[" * 100_000])
def test_what_is_no_event_at_all_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidEvent):
        read_sent(body)


def test_a_nul_is_refused_and_a_backslash_before_its_digits_is_not() -> None:
    assert refusal(metric(event_id="a\x00b")) == ("", "invalid")
    assert accepted_metric(event_id="a\\u0000b").event_id == "a\\u0000b"


def test_two_spellings_of_the_id_must_agree() -> None:
    assert accepted_click(event_id="c-1", deduplication_key="c-1").event_id == "c-1"
    assert refusal(click(event_id="c-2")) == ("click_id", "conflict")


def test_two_spellings_of_the_time_must_agree() -> None:
    assert accepted_click(occurred_at="2026-11-20T11:15:00+01:00").event_id == "c-1"
    assert refusal(click(occurred_at="2026-11-20T10:15:01Z")) == ("click_date", "conflict")


def test_an_id_without_a_time_is_refused() -> None:
    assert refusal(metric(occurred_at=None)) == ("occurred_at", "required")
    assert refusal(click(click_date=None)) == ("click_date", "required")


def test_a_time_without_an_id_is_enough_on_the_tracking_routes_alone() -> None:
    assert refusal(metric(event_id=None)) == ("event_id", "required")
    assert refusal(conversion()) == ("event_id", "required")
    assert accepted(conversion(), tracking=True).event_id


@pytest.mark.parametrize("value", ["sNaN", "NaN", "1e999999", "-1"])
def test_what_is_no_amount_derives_no_id(value: str) -> None:
    with pytest.raises(InvalidEvent) as refused:
        accepted(conversion(value=value), tracking=True)
    assert (refused.value.field, refused.value.code) == ("value", "out_of_range")
