"""Reads: always through the eyes of a caller or inside one workspace."""

from uuid import UUID

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound

from accounts.caller import Caller
from accounts.models import ApiKey, Invitation, Membership, User, Workspace, WriteKey


def user_get(caller: Caller) -> User:
    """The person who calls. Raises NotFound for an API key."""
    if caller.user_id is None:
        raise NotFound
    return User.objects.get(id=caller.user_id)


def memberships_of(user_id: UUID) -> QuerySet[Membership]:
    """A person's workspaces, each with the role held there."""
    return Membership.objects.filter(user_id=user_id).select_related("workspace")


def workspaces_visible(caller: Caller) -> QuerySet[Workspace]:
    """A person's workspaces; of an API key the one it belongs to."""
    if caller.api_key_id:
        return Workspace.objects.filter(id=caller.home)
    return Workspace.objects.filter(memberships__user=caller.user_id)


def workspace_get(caller: Caller) -> Workspace:
    return Workspace.objects.get(id=caller.home)


def members_of(workspace_id: UUID) -> QuerySet[Membership]:
    return Membership.objects.filter(workspace_id=workspace_id).select_related("user")


def member_get(workspace_id: UUID, membership_id: UUID) -> Membership:
    """Raises NotFound."""
    membership = members_of(workspace_id).filter(id=membership_id).first()
    if membership is None:
        raise NotFound
    return membership


def invitations_of(workspace_id: UUID) -> QuerySet[Invitation]:
    """Those that stand: neither accepted nor withdrawn."""
    return Invitation.objects.filter(workspace_id=workspace_id, accepted_at=None)


def api_keys_of(workspace_id: UUID) -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(workspace_id=workspace_id)


def write_keys_of(workspace_id: UUID) -> QuerySet[WriteKey]:
    return WriteKey.objects.filter(workspace_id=workspace_id)
