"""Whatever is sent, the answer names the field that is wrong and the server stays whole."""

from typing import Any

import pytest

from tests import people
from tests.integration.campaigns.campaign_calls import CAMPAIGNS, address, created, errors_of

pytestmark = pytest.mark.django_db

SOUND = {"name": "A", "platform": "meta"}
BUDGET = {"amount": "1.00", "currency": "EUR", "period": "daily"}


def post(body: object) -> Any:
    return people.analyst().client.post(CAMPAIGNS, body, format="json")


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"name": ""}, "name", "blank"),
        ({"name": 12}, "name", "invalid"),
        ({"name": None}, "name", "null"),
        ({"name": "x" * 201}, "name", "max_length"),
        ({"name": "a\x00b"}, "name", "null_characters_not_allowed"),
        ({"platform": "myspace"}, "platform", "invalid_choice"),
        ({"platform": ["meta"]}, "platform", "invalid_choice"),
        ({"status": "sleeping"}, "status", "invalid_choice"),
        ({"objective": "x" * 65}, "objective", "max_length"),
        ({"budget": "12"}, "budget", "invalid"),
        ({"budget": BUDGET | {"amount": "-1"}}, "budget.amount", "min_value"),
        ({"budget": BUDGET | {"amount": "NaN"}}, "budget.amount", "invalid"),
        ({"budget": BUDGET | {"amount": "1_0"}}, "budget.amount", "invalid"),
        ({"budget": BUDGET | {"amount": "\uff11\uff12"}}, "budget.amount", "invalid"),
        ({"budget": BUDGET | {"amount": True}}, "budget.amount", "invalid"),
        ({"budget": BUDGET | {"amount": "0.0000001"}}, "budget.amount", "max_decimal_places"),
        ({"budget": BUDGET | {"amount": 10**12}}, "budget.amount", "max_whole_digits"),
        ({"budget": BUDGET | {"amount": 10**400}}, "budget.amount", "max_digits"),
        ({"budget": BUDGET | {"amount": "1e9999999"}}, "budget.amount", "max_digits"),
        ({"budget": BUDGET | {"currency": "EURO"}}, "budget.currency", "invalid_choice"),
        ({"budget": BUDGET | {"period": "hourly"}}, "budget.period", "invalid_choice"),
        ({"budget": {"amount": "1"}}, "budget.currency", "required"),
        ({"budget": BUDGET | {"left": 1}}, "budget.left", "unknown_field"),
        ({"currency": "XXX"}, "currency", "invalid_choice"),
        ({"currency": "eur"}, "currency", "invalid_choice"),
        ({"timezone": "Mars/Olympus"}, "timezone", "invalid_choice"),
        ({"timezone": "../../etc/passwd"}, "timezone", "invalid_choice"),
        ({"start_date": "2026-02-30"}, "start_date", "invalid"),
        ({"start_date": 20260101}, "start_date", "invalid"),
        ({"start_date": "2026-02-02", "end_date": "2026-02-01"}, "end_date", "before_start"),
        ({"external_id": 5}, "external_id", "invalid"),
        ({"connection": "here"}, "connection", "invalid"),
        ({"connection": 10**60}, "connection", "invalid"),
        ({"connection": "0b8f6b1c-7a52-4b4f-9f0b-2f3f0d3f8a11"}, "connection", "not_found"),
        ({"tags": "sale"}, "tags", "not_a_list"),
        ({"tags": ["x" * 51]}, "tags.0", "max_length"),
        ({"tags": [str(n) for n in range(21)]}, "tags", "max_length"),
        ({"tags": [""]}, "tags.0", "blank"),
        ({"reference": "a b"}, "reference", "invalid"),
        ({"reference": "0b8f6b1c7a524b4f9f0b2f3f0d3f8a11"}, "reference", "invalid"),
        ({"reference": "x" * 65}, "reference", "max_length"),
        ({"colour": "red"}, "colour", "unknown_field"),
    ],
)
def test_a_bad_field_is_named(fields: dict[str, Any], field: str, code: str) -> None:
    assert errors_of(post(SOUND | fields))[field] == code


def test_a_missing_field_is_named() -> None:
    assert errors_of(post({})) == {"name": "required", "platform": "required"}


@pytest.mark.parametrize("body", [[], "text", 5, None, [{"name": "A"}]])
def test_a_body_that_is_no_object_is_refused(body: object) -> None:
    assert post(body).status_code == 400


def test_a_lone_surrogate_is_refused() -> None:
    client = people.analyst().client
    raw = b'{"name": "\\ud800", "platform": "meta"}'
    assert client.post(CAMPAIGNS, raw, content_type="application/json").status_code == 400


def test_a_patched_budget_must_be_whole() -> None:
    analyst = people.analyst()
    created(analyst, budget=BUDGET)
    response = analyst.client.patch(address("cmp-1"), {"budget": {"amount": "5"}}, format="json")
    assert errors_of(response) == {"budget.currency": "required", "budget.period": "required"}


def test_dates_are_judged_as_they_would_stand_after_the_change() -> None:
    analyst = people.analyst()
    created(analyst, start_date="2026-11-01", end_date="2026-11-30")
    response = analyst.client.patch(address("cmp-1"), {"end_date": "2026-10-31"}, format="json")
    assert errors_of(response) == {"end_date": "before_start"}


@pytest.mark.parametrize("name", ["nothing", "a b", "%2e%2e", "%ff", "x" * 500, "a%00b", "%F0%9F%90%88"])
def test_a_name_that_nothing_bears_is_a_404(name: str) -> None:
    assert people.analyst().client.get(address(name)).status_code == 404
