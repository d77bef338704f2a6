"""The list of campaigns: narrowed, searched, ordered, page by page."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.choices import Platform
from campaigns.models import Campaign, Connection
from campaigns.services.campaigns import campaign_archive, campaign_create
from tests import people
from tests.integration.campaigns.campaign_calls import CAMPAIGNS, errors_of
from tests.people import Person

pytestmark = pytest.mark.django_db


def named(name: str, who: Person, **fields: Any) -> Campaign:
    sound: Any = {"name": name, "platform": "meta"} | fields
    return campaign_create(workspace=who.workspace, fields=sound)


def listed(who: Person, query: str = "") -> list[str]:
    response = who.client.get(f"{CAMPAIGNS}?{query}")
    assert response.status_code == 200, response.content
    return [campaign["name"] for campaign in response.json()["results"]]


@pytest.fixture
def viewer() -> Person:
    """Sees three campaigns that differ in all that a list can be narrowed by, and an archived one."""
    viewer = people.viewer()
    named("Autumn", viewer, status="active", objective="sales", tags=["shop"], start_date="2026-09-01")
    named("Winter", viewer, platform="google", external_id="777", start_date="2026-12-01")
    named(
        "Spring", viewer, status="paused", tags=["shop", "b2b"], reference="spring-27", end_date="2027-05-31"
    )
    campaign_archive(campaign=named("Past", viewer))
    return viewer


def test_the_newest_come_first_and_archived_ones_stay_away(viewer: Person) -> None:
    assert listed(viewer) == ["Spring", "Winter", "Autumn"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("status=active", ["Autumn"]),
        ("status=active,paused", ["Spring", "Autumn"]),
        ("status=archived", ["Past"]),
        ("platform=google", ["Winter"]),
        ("platform=google,meta&status=draft", ["Winter"]),
        ("objective=sales", ["Autumn"]),
        ("tag=shop", ["Spring", "Autumn"]),
        ("tag=b2b", ["Spring"]),
        ("external_id=777", ["Winter"]),
        ("starts_from=2026-09-02", ["Winter"]),
        ("starts_until=2026-09-01", ["Autumn"]),
        ("ends_from=2027-01-01", ["Spring"]),
        ("ends_until=2027-01-01", []),
        ("search=aut", ["Autumn"]),
        ("search=SPRING-27", ["Spring"]),
        ("search=77", ["Winter"]),
        ("search=%25", []),
        ("ordering=name", ["Autumn", "Spring", "Winter"]),
        ("ordering=-name", ["Winter", "Spring", "Autumn"]),
        ("ordering=start_date", ["Autumn", "Winter", "Spring"]),
    ],
)
def test_the_list_is_narrowed_and_ordered(viewer: Person, query: str, names: list[str]) -> None:
    assert listed(viewer, query) == names


def test_the_list_is_narrowed_to_an_ad_account() -> None:
    viewer = people.viewer()
    account = Connection.objects.create(
        workspace=viewer.workspace, platform=Platform.META, external_account_id="1", name="Account"
    )
    named("Inside", viewer, connection=account)
    named("Outside", viewer)
    assert listed(viewer, f"connection={account.id}") == ["Inside"]


def test_pages_follow_one_another_until_all_was_seen(viewer: Person) -> None:
    first = viewer.client.get(f"{CAMPAIGNS}?limit=2").json()
    second = viewer.client.get(first["next"]).json()
    names = [campaign["name"] for campaign in first["results"] + second["results"]]
    assert names == ["Spring", "Winter", "Autumn"]
    assert (first["previous"], second["next"]) == (None, None)


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("statsu=active", "statsu", "unknown_parameter"),
        ("status=sleeping", "status", "invalid_choice"),
        ("platform=meta,myspace", "platform", "invalid_choice"),
        ("connection=1", "connection", "invalid"),
        ("starts_from=yesterday", "starts_from", "invalid"),
        ("search=" + "x" * 201, "search", "max_length"),
        ("ordering=budget_amount", "ordering", "invalid_choice"),
        ("limit=0", "limit", "invalid"),
        ("cursor=x", "cursor", "invalid"),
    ],
)
def test_a_parameter_that_means_nothing_is_refused(query: str, field: str, code: str) -> None:
    assert errors_of(people.viewer().client.get(f"{CAMPAIGNS}?{query}")) == {field: code}


def test_an_unknown_parameter_is_told_what_is_allowed() -> None:
    response = people.viewer().client.get(f"{CAMPAIGNS}?name=x")
    message = response.json()["errors"][0]["message"]
    assert "search" in message
    assert "status" in message
    assert "cursor" in message


def test_a_page_costs_as_many_queries_with_many_rows_as_with_one() -> None:
    viewer = people.viewer()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            listed(viewer)
        return len(captured)

    named("First", viewer)
    with_one = queries()
    for number in range(10):
        named(f"Another {number}", viewer)
    assert queries() == with_one
