"""Invitations: a membership is offered by mail and accepted with the token of that mail."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth import authenticate
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from rest_framework.exceptions import NotFound

from accounts.audit import acting
from accounts.caller import Caller
from accounts.grants import check_restriction, check_role
from accounts.keys import fingerprint
from accounts.models import Invitation, Membership, User, Workspace
from accounts.rights import Role
from accounts.services.users import user_create
from api.problems import field_problem

STANDS_FOR = timedelta(days=7)


class Acceptance(NamedTuple):
    user: User
    membership: Membership


@transaction.atomic
def invitation_create(*, caller: Caller, email: str, role: Role, restricted: bool = False) -> Invitation:
    """A second invitation to the same address replaces the first, whose link then works no more.

    Only who could have given the first one's role replaces it.
    """
    check_role(caller, Role(role))
    check_restriction(Role(role), restricted)
    email = email.strip().lower()
    workspace = Workspace.objects.select_for_update(no_key=True).get(id=caller.home)
    if Membership.objects.filter(workspace=workspace, user__email=email).exists():
        raise field_problem("email", "already_member", "This person is a member already.")
    for replaced in Invitation.objects.filter(workspace=workspace, email=email, accepted_at=None):
        check_role(caller, Role(replaced.role))
        replaced.delete()
    invitation = Invitation(
        workspace=workspace,
        email=email,
        role=role,
        restricted=restricted,
        invited_by_id=caller.user_id,
        expires_at=timezone.now() + STANDS_FOR,
    )
    invitation.token_hash = fingerprint(invitation_token(invitation))
    invitation.save(force_insert=True)
    return invitation


@transaction.atomic
def invitation_revoke(*, caller: Caller, invitation_id: UUID) -> None:
    """Nobody withdraws what they could not have offered."""
    standing = Invitation.objects.select_for_update().filter(workspace_id=caller.home, accepted_at=None)
    invitation = standing.filter(id=invitation_id).first()
    if invitation is None:
        raise NotFound
    check_role(caller, Role(invitation.role))
    invitation.delete()


def invitation_token(invitation: Invitation) -> str:
    """Made anew whenever a mail is written, so that it waits in no queue and no table."""
    return salted_hmac("accounts.invitation", invitation.id.hex, algorithm="sha256").hexdigest()


def invitation_accept(
    *, token: str, password: str = "", name: str = "", caller_id: UUID | None = None
) -> Acceptance:
    """Make the invited person a member, and a user first if they are new.

    An account that exists has to prove itself by its password or by being signed in (`caller_id`):
    addresses are not verified at registration, so the account may be somebody else's than the mailbox.
    """
    invitation = _standing(token)
    user = User.objects.filter(email=invitation.email).first()
    if user is not None and user.id != caller_id:
        _check_identity(user, password)
    with transaction.atomic():
        invitation = _standing(token, locked=True)
        user = user or _newcomer(invitation, password, name)
        with acting(user):
            return Acceptance(user, _membership_of(user, invitation))


def _standing(token: str, *, locked: bool = False) -> Invitation:
    invitations = Invitation.objects.select_related("workspace")
    if locked:
        invitations = invitations.select_for_update(of=("self",))
    found = invitations.filter(
        token_hash=fingerprint(token), accepted_at=None, expires_at__gt=timezone.now()
    ).first()
    if found is None:
        raise field_problem("token", "invalid", "This invitation was used, withdrawn or is too old.")
    return found


def _newcomer(invitation: Invitation, password: str, name: str) -> User:
    if not password:
        raise field_problem("password", "required", "Choose a password for your new account.")
    return user_create(email=invitation.email, password=password, name=name)


def _check_identity(user: User, password: str) -> None:
    if not password:
        raise field_problem("password", "required", "You have an account: sign in or give its password.")
    if authenticate(username=user.email, password=password) is None:
        raise field_problem("password", "wrong", "This is not the password of your account.")


def _membership_of(user: User, invitation: Invitation) -> Membership:
    """Somebody who became a member otherwise meanwhile keeps the role they have."""
    membership, _ = Membership.objects.get_or_create(
        workspace=invitation.workspace,
        user=user,
        defaults={"role": invitation.role, "restricted": invitation.restricted},
    )
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    return membership
