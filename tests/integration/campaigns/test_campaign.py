"""One campaign: created, read, replaced, changed, archived."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.rights import Right
from tests import people
from tests.integration.campaigns.campaign_calls import CAMPAIGNS, WHOLE, address, created, row

pytestmark = pytest.mark.django_db


def test_a_campaign_is_created_as_it_was_described() -> None:
    analyst = people.analyst()
    response = analyst.client.post(CAMPAIGNS, WHOLE, format="json")
    body = response.json()
    assert response.status_code == 201
    assert response["Location"] == address(body["id"])
    assert response["ETag"] == f'"{body["id"].replace("-", "")}-1"'
    assert body.items() >= WHOLE.items()
    assert analyst.client.get(response["Location"]).json() == body


def test_a_campaign_needs_no_more_than_a_name_and_a_platform() -> None:
    analyst = people.analyst()
    analyst.workspace.currency, analyst.workspace.timezone = "CHF", "Europe/Zurich"
    analyst.workspace.save()
    body = created(analyst)
    assert body["reference"] == "cmp-1"
    assert (body["currency"], body["timezone"], body["status"]) == ("CHF", "Europe/Zurich", "draft")
    unknown = ("objective", "budget", "start_date", "end_date", "external_id", "connection", "archived_at")
    assert [body[field] for field in unknown] == [None] * len(unknown)
    assert body["tags"] == []


def test_a_campaign_answers_to_its_id_and_to_its_reference() -> None:
    analyst = people.analyst()
    body = created(analyst, reference="Autumn")
    assert analyst.client.get(address("Autumn")).json() == body
    assert analyst.client.get(address(body["id"])).json() == body
    assert analyst.client.get(address("autumn")).status_code == 404


def test_reading_a_campaign_costs_one_query_beside_the_one_that_knows_the_caller() -> None:
    analyst = people.analyst()
    body = created(analyst)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        analyst.client.get(address(body["id"]))
    assert len(queries) == 2


def test_a_client_that_holds_the_newest_state_is_spared_the_body() -> None:
    analyst = people.analyst()
    known = analyst.client.get(address(created(analyst)["id"]))["ETag"]
    response = analyst.client.get(address("cmp-1"), headers={"If-None-Match": known})
    assert (response.status_code, response.content) == (304, b"")
    analyst.client.patch(address("cmp-1"), {"name": "New"}, format="json")
    assert analyst.client.get(address("cmp-1"), headers={"If-None-Match": known}).status_code == 200


def test_a_patch_changes_what_it_names_and_nothing_else() -> None:
    analyst = people.analyst()
    before = analyst.client.post(CAMPAIGNS, WHOLE, format="json").json()
    after = analyst.client.patch(address("autumn-2026"), {"status": "paused"}, format="json").json()
    assert after.pop("updated_at") > before.pop("updated_at")
    assert after == before | {"status": "paused", "version": 2}


def test_a_patch_takes_a_budget_away_and_gives_a_new_one() -> None:
    analyst = people.analyst()
    created(analyst, budget=WHOLE["budget"])
    gone = analyst.client.patch(address("cmp-1"), {"budget": None}, format="json")
    assert gone.json()["budget"] is None
    budget = {"amount": "7.00", "currency": "EUR", "period": "monthly"}
    assert (
        analyst.client.patch(address("cmp-1"), {"budget": budget}, format="json").json()["budget"] == budget
    )


def test_a_put_returns_what_it_leaves_out_to_its_default() -> None:
    analyst = people.analyst()
    before = analyst.client.post(CAMPAIGNS, WHOLE, format="json").json()
    bare = {"name": "Bare", "platform": "google"}
    after = analyst.client.put(address("autumn-2026"), bare, format="json").json()
    expected = bare | {
        "id": before["id"],
        "reference": "autumn-2026",
        "objective": None,
        "status": "draft",
        "budget": None,
        "currency": "EUR",
        "timezone": "UTC",
        "start_date": None,
        "end_date": None,
        "external_id": None,
        "tags": [],
        "version": 2,
    }
    assert after.items() >= expected.items()


def test_what_was_read_can_be_put_back() -> None:
    analyst = people.analyst()
    before = analyst.client.post(CAMPAIGNS, WHOLE, format="json").json()
    response = analyst.client.put(address(before["id"]), before, format="json")
    changed = {key for key, value in response.json().items() if value != before[key]}
    assert (response.status_code, changed) == (200, {"version", "updated_at"})


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("12.34", "12.34"),
        ("12", "12.00"),
        ("0.000125", "0.000125"),
        (12, "12.00"),
        (12.3, "12.30"),
        ("1e3", "1000.00"),
    ],
)
def test_an_amount_is_kept_to_its_last_digit(sent: object, kept: str) -> None:
    budget = {"amount": sent, "currency": "EUR", "period": "lifetime"}
    assert created(people.analyst(), budget=budget)["budget"]["amount"] == kept


def test_a_json_number_passes_through_no_binary_fraction() -> None:
    analyst = people.analyst()
    raw = (
        b'{"name": "a", "platform": "meta",'
        b' "budget": {"amount": 123456789012.123457, "currency": "EUR", "period": "lifetime"}}'
    )
    response = analyst.client.post(CAMPAIGNS, raw, content_type="application/json")
    assert response.json()["budget"]["amount"] == "123456789012.123457"


def test_a_deleted_campaign_is_archived_and_can_still_be_read() -> None:
    analyst = people.analyst()
    created(analyst)
    assert analyst.client.delete(address("cmp-1")).status_code == 204
    body = analyst.client.get(address("cmp-1")).json()
    assert body["status"] == "archived"
    assert body["archived_at"] is not None


def test_archiving_twice_changes_nothing() -> None:
    analyst = people.analyst()
    created(analyst)
    analyst.client.delete(address("cmp-1"))
    before = analyst.client.get(address("cmp-1")).json()
    assert analyst.client.delete(address("cmp-1")).status_code == 204
    assert analyst.client.get(address("cmp-1")).json() == before


@pytest.mark.parametrize("method", ["put", "patch"])
def test_an_archived_campaign_takes_no_edit(method: str) -> None:
    analyst = people.analyst()
    created(analyst)
    analyst.client.delete(address("cmp-1"))
    response = getattr(analyst.client, method)(
        address("cmp-1"), {"name": "New", "platform": "meta"}, format="json"
    )
    assert (response.status_code, response.json()["code"]) == (409, "conflict")
    assert analyst.client.get(address("cmp-1")).json()["name"] == "A campaign"


def test_a_status_takes_an_archived_campaign_back_into_use_with_all_that_comes_along() -> None:
    analyst = people.analyst()
    created(analyst)
    analyst.client.delete(address("cmp-1"))
    body = analyst.client.patch(address("cmp-1"), {"status": "active", "name": "New"}, format="json").json()
    assert (body["status"], body["archived_at"], body["name"]) == ("active", None, "New")


def test_setting_the_status_to_archived_archives() -> None:
    analyst = people.analyst()
    created(analyst)
    body = analyst.client.patch(address("cmp-1"), {"status": "archived"}, format="json").json()
    assert body["archived_at"] is not None


def test_tags_are_kept_in_order_and_each_once() -> None:
    assert created(people.analyst(), tags=["b", "a", "b"])["tags"] == ["b", "a"]


def test_a_program_with_the_scope_writes_and_one_without_only_reads() -> None:
    owner = people.owner()
    writer = people.program(owner.workspace, [Right.READ, Right.WRITE]).client
    reader = people.program(owner.workspace, [Right.READ]).client
    body = {"name": "By a program", "platform": "other"}
    assert writer.post(CAMPAIGNS, body, format="json").status_code == 201
    assert reader.get(address("cmp-1")).status_code == 200
    assert reader.post(CAMPAIGNS, body, format="json").status_code == 403


def test_the_row_says_when_it_was_changed_last() -> None:
    analyst = people.analyst()
    body = created(analyst)
    before = row(body).updated_at
    analyst.client.patch(address("cmp-1"), {"name": "New"}, format="json")
    assert row(body).updated_at > before
