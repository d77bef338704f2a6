"""Workspaces: made by a user who then owns them, described by their admins."""

from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from accounts.models import Membership, User, Workspace
from accounts.rights import Role


class WorkspaceFields(TypedDict, total=False):
    name: str
    timezone: str
    currency: str


@transaction.atomic
def workspace_create(*, user: User, **fields: Unpack[WorkspaceFields]) -> Workspace:
    """The user becomes its owner."""
    workspace = Workspace.objects.create(**fields)
    Membership.objects.create(workspace=workspace, user=user, role=Role.OWNER)
    return workspace


@transaction.atomic
def workspace_update(*, workspace_id: UUID, **fields: Unpack[WorkspaceFields]) -> Workspace:
    workspace = Workspace.objects.select_for_update(no_key=True).get(id=workspace_id)
    for name, value in fields.items():
        setattr(workspace, name, value)
    workspace.save(update_fields=list(fields))
    return workspace
