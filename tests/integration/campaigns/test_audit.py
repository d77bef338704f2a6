"""Every change of campaigns, ad accounts and grants is in the trail: who, what, in which workspace."""

import pytest
from django.db.models import Model

from accounts.models import AuditEntry
from accounts.rights import Right
from campaigns.models import Campaign, CampaignGrant
from tests import people
from tests.integration.campaigns.campaign_calls import address, created
from tests.integration.campaigns.connection_calls import address as connection_address
from tests.integration.campaigns.connection_calls import connected

pytestmark = pytest.mark.django_db


def newest(model: type[Model]) -> AuditEntry:
    entry = AuditEntry.objects.get_for_model(model).first()
    assert isinstance(entry, AuditEntry)
    return entry


def test_an_edit_tells_who_changed_what_from_what() -> None:
    analyst = people.analyst()
    created(analyst)
    analyst.client.patch(address("cmp-1"), {"name": "New"}, format="json")
    entry = newest(Campaign)
    assert entry.changes == {"name": ["A campaign", "New"]}
    assert (entry.actor, entry.workspace) == (analyst.user, analyst.workspace)


def test_an_edit_by_a_program_names_its_key() -> None:
    owner = people.owner()
    created(owner)
    program = people.program(owner.workspace, [Right.READ, Right.WRITE])
    program.client.patch(address("cmp-1"), {"name": "New"}, format="json")
    entry = newest(Campaign)
    assert entry.actor is None
    assert entry.additional_data["api_key"]["id"] == str(program.api_key.id)


def test_archiving_is_an_edit_of_the_status() -> None:
    analyst = people.analyst()
    created(analyst)
    analyst.client.delete(address("cmp-1"))
    assert newest(Campaign).changes["status"] == ["draft", "archived"]


def test_what_was_refused_is_not_in_the_trail() -> None:
    analyst = people.analyst()
    created(analyst)
    analyst.client.patch(address("cmp-1"), {"name": "New", "reference": "other"}, format="json")
    assert AuditEntry.objects.get_for_model(Campaign).count() == 1


def test_an_ad_account_that_was_removed_stays_in_the_trail() -> None:
    admin = people.admin()
    connection = connected(admin)
    admin.client.delete(connection_address(connection))
    entry = newest(type(connection))
    assert (entry.action, entry.object_pk) == (AuditEntry.Action.DELETE, str(connection.id))


def test_a_grant_is_in_the_trail_of_its_workspace() -> None:
    admin = people.admin()
    created(admin)
    member = people.viewer(admin.workspace, restricted=True)
    body = {"membership": str(member.membership.id)}
    admin.client.post(address("cmp-1") + "grants/", body, format="json")
    assert newest(CampaignGrant).workspace == admin.workspace
