"""What rows look like to a client."""

from typing import Any

from accounts.models import ApiKey, Invitation, Membership, User, Workspace, WriteKey
from accounts.selectors import memberships_of
from accounts.services.tokens import TokenPair


def user_body(user: User) -> dict[str, Any]:
    memberships = memberships_of(user.id)
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "workspaces": [
            {"id": each.workspace.id, "name": each.workspace.name, "role": each.role} for each in memberships
        ],
    }


def token_body(tokens: TokenPair) -> dict[str, str]:
    return tokens._asdict()


def workspace_body(workspace: Workspace) -> dict[str, Any]:
    return {
        "id": workspace.id,
        "name": workspace.name,
        "timezone": workspace.timezone,
        "currency": workspace.currency,
        "created_at": workspace.created_at,
    }


def member_body(membership: Membership) -> dict[str, Any]:
    user = membership.user
    return {
        "id": membership.id,
        "user": {"id": user.id, "email": user.email, "name": user.name},
        "role": membership.role,
        "restricted": membership.restricted,
        "created_at": membership.created_at,
    }


def invitation_body(invitation: Invitation) -> dict[str, Any]:
    """Without the token: whoever could read it here could join as the invited person."""
    return {
        "id": invitation.id,
        "email": invitation.email,
        "role": invitation.role,
        "restricted": invitation.restricted,
        "expires_at": invitation.expires_at,
        "created_at": invitation.created_at,
    }


def api_key_body(api_key: ApiKey) -> dict[str, Any]:
    return {
        "id": api_key.id,
        "name": api_key.name,
        "prefix": api_key.prefix,
        "scopes": api_key.scopes,
        "expires_at": api_key.expires_at,
        "revoked_at": api_key.revoked_at,
        "last_used_at": api_key.last_used_at,
        "created_at": api_key.created_at,
    }


def write_key_body(write_key: WriteKey) -> dict[str, Any]:
    """With the key itself: it stands readable in web pages anyway."""
    return {
        "id": write_key.id,
        "name": write_key.name,
        "key": write_key.key,
        "revoked_at": write_key.revoked_at,
        "created_at": write_key.created_at,
    }
