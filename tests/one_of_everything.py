"""A workspace that has one of everything that a route can name."""

from copy import copy
from datetime import timedelta
from secrets import token_hex
from uuid import uuid4

from django.db.models import Model
from django.utils import timezone

from accounts.keys import new_write_key
from accounts.models import Invitation, Membership, WriteKey
from accounts.rights import Role
from campaigns.models import Campaign, CampaignGrant, Connection
from runs.choices import RunKind
from runs.services import run_create
from tests.people import analyst, new_workspace, owner, program, viewer
from tests.routes import Route


class World:
    """One workspace with one of everything that a route can name; `mark` stands in its names."""

    def __init__(self, mark: str = "1") -> None:
        self.owner = owner()
        self.workspace = self.owner.workspace
        self.colleague = analyst(self.workspace)
        self.viewer = viewer(self.workspace)
        self.connection = Connection.objects.create(
            workspace=self.workspace,
            platform="meta",
            external_account_id=f"act_{mark}",
            name=f"Shop {mark}",
            currency="EUR",
            timezone="UTC",
        )
        self.campaign = Campaign.objects.create(
            workspace=self.workspace,
            name=f"Sale {mark}",
            reference=f"a-{mark}",
            external_id=f"x-{mark}",
            objective=f"o-{mark}",
            tags=[f"t-{mark}"],
            platform="meta",
            currency="EUR",
            timezone="UTC",
        )
        self.grant = CampaignGrant.objects.create(
            membership=self.colleague.membership, campaign=self.campaign
        )
        self.invitation = Invitation.objects.create(
            workspace=self.workspace,
            email=f"new-{mark}@example.com",
            role="viewer",
            token_hash=token_hex(32),
            expires_at=timezone.now() + timedelta(days=1),
        )
        self.api_key = program(self.workspace).api_key
        self.write_key = WriteKey.objects.create(workspace=self.workspace, name="w", key=new_write_key())
        self.run = run_create(
            kind=RunKind.REAGGREGATE,
            workspace_id=self.workspace.id,
            parameters={},
            asker={"asked_by_id": None, "asked_as": "a test"},
        )

    def path(self, route: Route) -> str:
        return route.path(self.names(route))

    def names(self, route: Route) -> dict[str, str]:
        """What this workspace calls the parameters of a path."""
        key = self.write_key if "write-keys" in route.template else self.api_key
        return {
            "workspace_id": str(self.workspace.id),
            "membership_id": str(self.colleague.membership.id),
            "invitation_id": str(self.invitation.id),
            "key_id": str(key.id),
            "name": self.campaign.reference,
            "grant_id": str(self.grant.id),
            "connection_id": str(self.connection.id),
            "run_id": str(self.run.id),
            "id": str(self.owner.user.id),
            "content_type_id": "1",
            "object_id": str(self.campaign.id),
            "code": "not_found",
        }

    def fill(self) -> None:
        """A second one of everything that a list shows, so that it has a second page."""
        another(self.connection, external_account_id="another")
        another(self.campaign, reference="another")
        another(self.grant, membership=self.viewer.membership)
        another(self.invitation, email="another@example.com", token_hash=token_hex(32))
        another(self.api_key, key_hash=token_hex(32))
        another(self.write_key, key=new_write_key())
        another(self.run)
        Membership.objects.create(workspace=new_workspace(), user=self.owner.user, role=Role.OWNER)


def another(row: Model, **fields: object) -> None:
    """The same row once more, but for these fields."""
    again = copy(row)
    again.pk, again._state.adding = uuid4(), True
    for name, value in fields.items():
        setattr(again, name, value)
    again.save(force_insert=True)
