"""Ad accounts: connected by admins, used by campaigns, removed when nobody needs them."""

from typing import Any

import pytest

from accounts.rights import Role
from campaigns.choices import ConnectionStatus
from campaigns.models import Campaign, CampaignGrant, Connection
from tests import people
from tests.integration.campaigns.campaign_calls import CAMPAIGNS, created, errors_of
from tests.integration.campaigns.campaign_calls import address as campaign_address
from tests.integration.campaigns.connection_calls import ACCOUNT, CONNECTIONS, SECRET, address, connected

pytestmark = pytest.mark.django_db


def test_an_ad_account_is_connected_as_it_was_described() -> None:
    admin = people.admin()
    response = admin.client.post(CONNECTIONS, ACCOUNT, format="json")
    body = response.json()
    assert response.status_code == 201
    assert body.items() >= ACCOUNT.items()
    assert (body["status"], body["has_credentials"]) == ("active", False)
    again = admin.client.get(response["Location"])
    assert (again.json(), again["ETag"]) == (body, response["ETag"])


def test_an_account_is_connected_once_in_a_workspace() -> None:
    admin = people.admin()
    connected(admin)
    response = admin.client.post(CONNECTIONS, ACCOUNT | {"name": "Again"}, format="json")
    assert errors_of(response) == {"external_account_id": "unique"}
    assert connected(people.admin()).external_account_id == "act_1"


def test_a_patch_changes_what_it_names() -> None:
    admin = people.admin()
    connection = connected(admin)
    body = admin.client.patch(address(connection), {"name": "New", "status": "paused"}, format="json").json()
    assert (body["name"], body["status"], body["currency"], body["version"]) == ("New", "paused", "USD", 2)


@pytest.mark.parametrize("change", [{"platform": "google"}, {"external_account_id": "act_2"}])
def test_which_account_it_is_does_not_change(change: dict[str, str]) -> None:
    admin = people.admin()
    response = admin.client.patch(address(connected(admin)), change, format="json")
    assert errors_of(response) == dict.fromkeys(change, "immutable")


def test_a_stale_edit_is_refused() -> None:
    admin = people.admin()
    url = address(connected(admin))
    old = {"If-Match": admin.client.get(url)["ETag"]}
    assert admin.client.patch(url, {"name": "B"}, format="json", headers=old).status_code == 200
    assert admin.client.patch(url, {"name": "C"}, format="json", headers=old).status_code == 412
    assert admin.client.delete(url, headers=old).status_code == 412


def test_an_account_that_nobody_uses_is_removed() -> None:
    admin = people.admin()
    url = address(connected(admin))
    assert admin.client.delete(url).status_code == 204
    assert admin.client.get(url).status_code == 404


def test_an_account_in_use_stays_and_the_answer_says_by_what() -> None:
    admin = people.admin()
    connection = connected(admin)
    created(admin, connection=str(connection.id))
    response = admin.client.delete(address(connection))
    assert (response.status_code, response.json()["code"]) == (409, "conflict")
    assert "cmp-1" in response.json()["detail"]
    assert admin.client.get(address(connection)).status_code == 200


def test_a_campaign_in_an_account_counts_as_that_account_does() -> None:
    admin = people.admin()
    body = created(admin, connection=str(connected(admin).id))
    assert (body["currency"], body["timezone"]) == ("USD", "America/New_York")


def test_a_campaign_and_its_account_are_on_one_platform() -> None:
    admin = people.admin()
    connection = connected(admin)
    wrong = {"name": "A", "platform": "google", "connection": str(connection.id)}
    assert errors_of(admin.client.post(CAMPAIGNS, wrong, format="json")) == {"platform": "mismatch"}
    created(admin, connection=str(connection.id))
    moved = admin.client.patch(campaign_address("cmp-1"), {"platform": "google"}, format="json")
    assert errors_of(moved) == {"platform": "mismatch"}


def test_one_campaign_stands_for_one_of_the_account() -> None:
    admin = people.admin()
    fields = {"connection": str(connected(admin).id), "external_id": "777"}
    created(admin, **fields)
    second = {"name": "B", "platform": "meta"} | fields
    assert errors_of(admin.client.post(CAMPAIGNS, second, format="json")) == {"external_id": "unique"}


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 1), ("platform=meta", 1), ("platform=tiktok", 0), ("status=broken", 0), ("search=act_", 1)],
)
def test_the_list_is_narrowed(query: str, count: int) -> None:
    admin = people.admin()
    connected(admin)
    assert len(admin.client.get(f"{CONNECTIONS}?{query}").json()["results"]) == count


def test_an_unknown_parameter_is_refused() -> None:
    assert errors_of(people.admin().client.get(f"{CONNECTIONS}?nam=x")) == {"nam": "unknown_parameter"}


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"platform": "other"}, "platform", "invalid_choice"),
        ({"status": "broken"}, "status", "invalid_choice"),
        ({"currency": "XXX"}, "currency", "invalid_choice"),
        ({"timezone": "Nowhere"}, "timezone", "invalid_choice"),
        ({"external_account_id": "x" * 129}, "external_account_id", "max_length"),
        ({"credentials": "token"}, "credentials", "not_a_dict"),
        ({"credentials": {"a": 1}}, "credentials.a", "invalid"),
        ({"credentials": {"a": {"b": "c"}}}, "credentials.a", "invalid"),
        ({"credentials": {"a": "x" * 8193}}, "credentials.a", "max_length"),
        ({"credentials": {"x" * 65: "x"}}, "credentials", "max_length"),
        ({"credentials": {str(n): "x" for n in range(21)}}, "credentials", "max_length"),
        ({"secret": "x"}, "secret", "unknown_field"),
    ],
)
def test_a_bad_field_is_named(fields: dict[str, Any], field: str, code: str) -> None:
    assert errors_of(people.admin().client.post(CONNECTIONS, ACCOUNT | fields, format="json"))[field] == code


def test_new_credentials_mend_a_broken_account() -> None:
    admin = people.admin()
    connection = connected(admin)
    Connection.objects.filter(id=connection.id).update(status=ConnectionStatus.BROKEN)
    url = address(connection)
    assert admin.client.patch(url, {"name": "B"}, format="json").json()["status"] == "broken"
    body = admin.client.patch(url, {"credentials": {"access_token": SECRET}}, format="json").json()
    assert body["status"] == "active"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST])
def test_who_is_no_admin_reads_accounts_and_does_not_write_them(role: Role) -> None:
    admin = people.admin()
    connection = connected(admin)
    member = people.person(role, admin.workspace).client
    assert member.get(CONNECTIONS).json()["results"][0]["id"] == str(connection.id)
    assert member.get(address(connection)).status_code == 200
    assert member.post(CONNECTIONS, ACCOUNT, format="json").status_code == 403
    assert member.patch(address(connection), {}, format="json").status_code == 403
    assert member.delete(address(connection)).status_code == 403


def test_a_strangers_account_is_not_there() -> None:
    connection, stranger = connected(people.admin()), people.stranger().client
    assert stranger.get(CONNECTIONS).json()["results"] == []
    assert stranger.get(address(connection)).status_code == 404
    assert stranger.patch(address(connection), {"name": "Mine"}, format="json").status_code == 404
    assert stranger.delete(address(connection)).status_code == 404


def test_a_restricted_member_sees_the_accounts_of_what_was_granted() -> None:
    admin = people.admin()
    shown, hidden = connected(admin), connected(admin, external_account_id="act_2")
    campaign = Campaign.objects.get(id=created(admin, connection=str(shown.id))["id"])
    member = people.viewer(admin.workspace, restricted=True)
    CampaignGrant.objects.create(membership=member.membership, campaign=campaign)
    listed = member.client.get(CONNECTIONS).json()["results"]
    assert [connection["id"] for connection in listed] == [str(shown.id)]
    assert member.client.get(address(hidden)).status_code == 404
