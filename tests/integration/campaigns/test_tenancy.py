"""What belongs to another workspace does not exist; what a role does not allow is refused."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from campaigns.choices import Platform
from campaigns.models import Campaign, CampaignGrant, Connection
from tests import people
from tests.integration.campaigns.campaign_calls import CAMPAIGNS, address, created, errors_of
from tests.people import Person

pytestmark = pytest.mark.django_db

BODY = {"name": "Mine now", "platform": "meta"}
EVERY_METHOD = ("get", "put", "patch", "delete")


def ask(who: Person, method: str, name: object) -> Any:
    return getattr(who.client, method)(address(name), BODY, format="json")


@pytest.mark.parametrize("method", EVERY_METHOD)
def test_a_strangers_campaign_is_not_there(method: str) -> None:
    owner, stranger = people.owner(), people.stranger()
    body = created(owner, reference="secret")
    assert ask(stranger, method, body["id"]).status_code == 404
    assert ask(stranger, method, "secret").status_code == 404
    assert Campaign.objects.get(id=body["id"]).name == "A campaign"


def test_a_strangers_list_is_empty() -> None:
    created(people.owner())
    assert people.stranger().client.get(CAMPAIGNS).json()["results"] == []


def test_a_strangers_ad_account_is_as_unknown_as_one_that_never_was() -> None:
    stranger, analyst = people.stranger(), people.analyst()
    theirs = Connection.objects.create(
        workspace=stranger.workspace, platform=Platform.META, external_account_id="1", name="Theirs"
    )
    never = "0b8f6b1c-7a52-4b4f-9f0b-2f3f0d3f8a11"
    answers = [
        analyst.client.post(CAMPAIGNS, BODY | {"connection": str(named)}, format="json")
        for named in (theirs.id, never)
    ]
    assert [errors_of(answer) for answer in answers] == [{"connection": "not_found"}] * 2
    assert answers[0].json()["errors"] == answers[1].json()["errors"]


@pytest.mark.parametrize("method", EVERY_METHOD)
def test_a_viewer_reads_and_does_not_write(method: str) -> None:
    owner = people.owner()
    created(owner)
    expected = 200 if method == "get" else 403
    assert ask(people.viewer(owner.workspace), method, "cmp-1").status_code == expected


def test_a_viewer_creates_nothing() -> None:
    assert people.viewer().client.post(CAMPAIGNS, BODY, format="json").status_code == 403


def test_nobody_without_credentials_gets_in() -> None:
    created(people.owner())
    nobody = APIClient()
    assert nobody.get(CAMPAIGNS).status_code == 401
    assert nobody.get(address("cmp-1")).status_code == 401


def _restricted(owner: Person, *granted: str) -> Person:
    member = people.analyst(owner.workspace, restricted=True)
    for reference in granted:
        campaign = Campaign.objects.get(workspace=owner.workspace, reference=reference)
        CampaignGrant.objects.create(membership=member.membership, campaign=campaign)
    return member


@pytest.mark.parametrize("method", EVERY_METHOD)
def test_a_restricted_member_works_on_what_was_granted_and_sees_nothing_else(method: str) -> None:
    owner = people.owner()
    shown, hidden = created(owner, reference="shown"), created(owner, reference="hidden")
    member = _restricted(owner, "shown")
    assert ask(member, method, hidden["id"]).status_code == 404
    assert ask(member, method, "hidden").status_code == 404
    assert ask(member, method, shown["id"]).status_code in {200, 204}


def test_a_restricted_member_lists_what_was_granted() -> None:
    owner = people.owner()
    created(owner, reference="shown")
    created(owner, reference="hidden")
    results = _restricted(owner, "shown").client.get(CAMPAIGNS).json()["results"]
    assert [campaign["reference"] for campaign in results] == ["shown"]


def test_a_restricted_member_without_grants_sees_nothing() -> None:
    owner = people.owner()
    created(owner)
    assert _restricted(owner).client.get(CAMPAIGNS).json()["results"] == []


def test_a_restricted_member_creates_nothing() -> None:
    owner = people.owner()
    response = _restricted(owner).client.post(CAMPAIGNS, BODY, format="json")
    assert response.status_code == 403
