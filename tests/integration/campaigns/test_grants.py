"""Admins show single campaigns to restricted members."""

import pytest

from accounts.rights import Role
from campaigns.models import CampaignGrant
from tests import people
from tests.integration.campaigns.campaign_calls import address, created, errors_of
from tests.people import Person

pytestmark = pytest.mark.django_db

GRANTS = address("cmp-1") + "grants/"


def granted(admin: Person, member: Person) -> str:
    """Grant cmp-1; the address of the grant."""
    response = admin.client.post(GRANTS, {"membership": str(member.membership.id)}, format="json")
    assert response.status_code == 201, response.content
    return str(response["Location"])


def test_a_grant_lets_a_restricted_member_see_the_campaign_until_it_is_taken_back() -> None:
    admin = people.admin()
    created(admin)
    member = people.viewer(admin.workspace, restricted=True)
    assert member.client.get(address("cmp-1")).status_code == 404
    grant = granted(admin, member)
    assert member.client.get(address("cmp-1")).status_code == 200
    assert admin.client.delete(grant).status_code == 204
    assert member.client.get(address("cmp-1")).status_code == 404
    assert admin.client.delete(grant).status_code == 404


def test_grants_are_listed_with_whom_they_show_the_campaign() -> None:
    admin = people.admin()
    created(admin)
    member = people.viewer(admin.workspace, restricted=True)
    grant = granted(admin, member)
    listed = admin.client.get(GRANTS).json()["results"]
    assert [(one["membership"], one["email"]) for one in listed] == [
        (str(member.membership.id), member.user.email)
    ]
    assert admin.client.get(grant).json() == listed[0]


def test_granting_twice_is_granting_once() -> None:
    admin = people.admin()
    created(admin)
    member = people.viewer(admin.workspace, restricted=True)
    granted(admin, member)
    again = admin.client.post(GRANTS, {"membership": str(member.membership.id)}, format="json")
    assert again.status_code == 200
    assert CampaignGrant.objects.count() == 1


def test_a_member_of_another_workspace_cannot_be_granted_anything() -> None:
    admin, stranger = people.admin(), people.stranger()
    created(admin)
    response = admin.client.post(GRANTS, {"membership": str(stranger.membership.id)}, format="json")
    assert errors_of(response) == {"membership": "not_found"}


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"membership": "required"}),
        ({"membership": "x"}, {"membership": "invalid"}),
        ({"member": "x"}, {"member": "unknown_field", "membership": "required"}),
    ],
)
def test_a_bad_field_is_named(body: dict[str, str], errors: dict[str, str]) -> None:
    admin = people.admin()
    created(admin)
    assert errors_of(admin.client.post(GRANTS, body, format="json")) == errors


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST])
def test_who_is_no_admin_sees_grants_but_gives_none(role: Role) -> None:
    admin = people.admin()
    created(admin)
    member = people.person(role, admin.workspace)
    grant = granted(admin, member)
    assert member.client.get(GRANTS).status_code == 200
    assert member.client.post(GRANTS, {}, format="json").status_code == 403
    assert member.client.delete(grant).status_code == 403


def test_a_strangers_grants_are_not_there() -> None:
    admin, stranger = people.admin(), people.stranger()
    body = created(admin)
    grant = granted(admin, people.viewer(admin.workspace))
    theirs = grant.replace("cmp-1", body["id"])
    for url in (theirs, address(body["id"]) + "grants/"):
        assert stranger.client.get(url).status_code == 404
    assert stranger.client.delete(theirs).status_code == 404


def test_a_grant_is_found_only_under_its_own_campaign() -> None:
    admin = people.admin()
    body, other = created(admin), created(admin)
    grant = granted(admin, people.viewer(admin.workspace))
    elsewhere = grant.replace(body["id"], other["id"])
    assert admin.client.delete(elsewhere).status_code == 404
    assert admin.client.get(grant).status_code == 200
