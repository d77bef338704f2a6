"""Operations staff edit campaigns and ad accounts by the rules of the API, and see no secret."""

import json
from typing import Any

import pytest
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse

from campaigns.credentials import configured_safe
from campaigns.models import Campaign, CampaignGrant, Connection
from tests import people
from tests.integration.campaigns.campaign_calls import WHOLE, address, created, row
from tests.integration.campaigns.connection_calls import SECRET, connected

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return people.staff().browser


def page(model: type, name: str, *of: Any) -> str:
    return reverse(f"admin:campaigns_{model._meta.model_name}_{name}", args=of)  # type: ignore[attr-defined]


def filled(entry: Campaign | Connection, **fields: Any) -> dict[str, Any]:
    """The form of this row as a browser would send it back."""
    values = {name: value for name, value in model_to_dict(entry).items() if value is not None}
    values["tags"] = ",".join(values.get("tags", []))
    return values | {"seen_version": entry.version} | fields


def said(response: Any) -> str:
    """What the page says in messages, after its redirect."""
    return " ".join(str(message) for message in response.context["messages"])


def test_a_campaign_is_added_as_the_api_would(browser: Client) -> None:
    workspace = people.new_workspace()
    form = {"workspace": workspace.id, "name": "A", "platform": "meta", "status": "draft"}
    response = browser.post(page(Campaign, "add"), form)
    assert response.status_code == 302, response.context["errors"]
    campaign = Campaign.objects.get(workspace=workspace)
    assert (campaign.reference, campaign.currency, campaign.version) == ("cmp-1", "EUR", 1)


def test_an_edit_changes_what_was_touched_and_raises_the_version(browser: Client) -> None:
    campaign = row(created(people.owner(), **WHOLE))
    response = browser.post(
        page(Campaign, "change", campaign.id), filled(campaign, name="New", budget_amount="7")
    )
    assert response.status_code == 302, response.context["errors"]
    after = Campaign.objects.get(id=campaign.id)
    assert (after.name, after.budget_amount, after.budget_currency) == ("New", 7, "USD")
    assert (after.version, after.tags, after.reference) == (2, campaign.tags, campaign.reference)


def test_a_page_that_was_opened_before_somebody_elses_edit_overwrites_nothing(browser: Client) -> None:
    owner = people.owner()
    campaign = row(created(owner))
    stale = filled(campaign, name="Mine")
    owner.client.patch(address("cmp-1"), {"name": "Theirs"}, format="json")
    response = browser.post(page(Campaign, "change", campaign.id), stale, follow=True)
    assert "Load it again" in said(response)
    campaign.refresh_from_db()
    assert (campaign.name, campaign.version) == ("Theirs", 2)


def test_an_edit_in_the_admin_makes_the_etag_of_an_api_client_history(browser: Client) -> None:
    owner = people.owner()
    campaign = row(created(owner))
    known = owner.client.get(address("cmp-1"))["ETag"]
    browser.post(page(Campaign, "change", campaign.id), filled(campaign, name="Staff"))
    response = owner.client.patch(
        address("cmp-1"), {"name": "Mine"}, format="json", headers={"If-Match": known}
    )
    assert response.status_code == 412


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"start_date": "2026-02-02", "end_date": "2026-02-01"}, "The end lies before the start."),
        ({"budget_amount": "5"}, "A budget has an amount, a currency and a period"),
        ({"currency": "XXX"}, "not one of the available choices"),
    ],
)
def test_what_contradicts_itself_is_told_on_the_form(browser: Client, fields: Any, told: str) -> None:
    campaign = row(created(people.owner()))
    response = browser.post(page(Campaign, "change", campaign.id), filled(campaign, **fields))
    assert response.status_code == 200
    assert told in response.content.decode()


def test_what_a_service_refuses_is_told_as_a_message(browser: Client) -> None:
    owner = people.owner()
    campaign = row(created(owner))
    theirs = connected(people.admin())
    url = page(Campaign, "change", campaign.id)
    assert "no such ad account" in said(
        browser.post(url, filled(campaign, connection=theirs.id), follow=True)
    )
    owner.client.delete(address("cmp-1"))
    archived = row({"id": campaign.id})
    assert "archived" in said(browser.post(url, filled(archived, name="New"), follow=True))


def test_campaigns_are_archived_and_never_deleted(browser: Client) -> None:
    campaign = row(created(people.owner()))
    action = {"action": "archive_selected", "_selected_action": [str(campaign.id)]}
    browser.post(page(Campaign, "changelist"), action)
    campaign.refresh_from_db()
    assert campaign.status == "archived"
    assert browser.post(page(Campaign, "delete", campaign.id), {"post": "yes"}).status_code == 403


def test_new_credentials_replace_the_old(browser: Client) -> None:
    connection = connected(people.admin())
    form = filled(connection, new_credentials=json.dumps({"token": "another"}))
    assert browser.post(page(Connection, "change", connection.id), form).status_code == 302
    connection.refresh_from_db()
    assert configured_safe().open(connection.encrypted_credentials) == {"token": "another"}
    assert connection.version == 2


@pytest.mark.parametrize(
    "typed",
    [
        '{"token": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"token": "\\ud800"}',
        '{"token": "\\u0000"}',
        '{"token": 1}',
        '{"token": "' + "x" * 9000 + '"}',
        "[]",
        "null",
        "{",
    ],
    ids=["digits", "deep", "surrogate", "nul", "number", "long", "list", "null", "half"],
)
def test_credentials_that_the_api_would_refuse_are_refused_on_the_page(browser: Client, typed: str) -> None:
    connection = connected(people.admin())
    refused = browser.post(
        page(Connection, "change", connection.id), filled(connection, new_credentials=typed)
    )
    assert refused.context["adminform"].form.errors.keys() == {"new_credentials"}
    after = Connection.objects.get(id=connection.id)
    assert after.encrypted_credentials == connection.encrypted_credentials


def test_an_edit_without_new_credentials_leaves_the_old(browser: Client) -> None:
    connection = connected(people.admin())
    browser.post(page(Connection, "change", connection.id), filled(connection, name="New"))
    after = Connection.objects.get(id=connection.id)
    assert (after.name, after.encrypted_credentials) == ("New", connection.encrypted_credentials)


def test_no_page_shows_credentials(browser: Client) -> None:
    connection = connected(people.admin())
    change = page(Connection, "change", connection.id)
    typed = filled(connection, name="", new_credentials=json.dumps({"token": SECRET}))
    pages = [
        browser.get(change),
        browser.get(page(Connection, "changelist")),
        browser.get(page(Connection, "history", connection.id)),
        browser.get(page(Connection, "delete", connection.id)),
        browser.post(change, typed),
        browser.post(change, typed | {"new_credentials": f'["{SECRET}"]'}),
    ]
    for shown in pages:
        assert shown.status_code == 200
        assert SECRET not in shown.content.decode()
        assert connection.encrypted_credentials not in shown.content.decode()


def test_an_ad_account_in_use_is_not_deleted(browser: Client) -> None:
    admin = people.admin()
    connection = connected(admin)
    created(admin, connection=str(connection.id))
    one = browser.post(page(Connection, "delete", connection.id), {"post": "yes"}, follow=True)
    action = {"action": "delete_selected", "_selected_action": [str(connection.id)], "post": "yes"}
    several = browser.post(page(Connection, "changelist"), action, follow=True)
    assert "still run in this ad account: cmp-1" in said(one)
    assert "still run in this ad account: cmp-1" in said(several)
    assert Connection.objects.filter(id=connection.id).exists()


def test_an_ad_account_that_nobody_uses_is_deleted(browser: Client) -> None:
    connection = connected(people.admin())
    browser.post(page(Connection, "delete", connection.id), {"post": "yes"})
    assert not Connection.objects.filter(id=connection.id).exists()


def test_a_campaign_is_granted_within_its_workspace_alone(browser: Client) -> None:
    owner = people.owner()
    campaign = row(created(owner))
    member, stranger = people.viewer(owner.workspace, restricted=True), people.stranger()
    url = page(CampaignGrant, "add")
    browser.post(url, {"campaign": campaign.id, "membership": member.membership.id})
    refused = browser.post(url, {"campaign": campaign.id, "membership": stranger.membership.id}, follow=True)
    assert "no such member" in said(refused)
    assert [grant.membership for grant in CampaignGrant.objects.all()] == [member.membership]


@pytest.mark.parametrize("model", [Campaign, Connection, CampaignGrant])
def test_every_list_can_be_searched(browser: Client, model: type) -> None:
    campaign = row(created(people.owner()))
    connected(people.admin())
    CampaignGrant.objects.create(campaign=campaign, membership=campaign.workspace.memberships.get())
    assert browser.get(page(model, "changelist"), {"q": "a"}).status_code == 200
    assert browser.get(page(model, "add")).status_code == 200


def test_who_is_no_staff_is_sent_to_the_sign_in_page() -> None:
    response = people.owner().browser.get(page(Campaign, "changelist"))
    assert response.status_code == 302
    assert "login" in response["Location"]
