"""Who belongs to a workspace. Its last owner can neither leave nor be demoted.

Every function locks the workspace's row first, so that two of them cannot each spare the other's last owner.
"""

from uuid import UUID

from django.db import transaction
from rest_framework.exceptions import NotFound

from accounts.caller import Caller
from accounts.grants import check_restriction, check_role
from accounts.models import Membership, Workspace
from accounts.rights import Right, Role
from api.problem_codes import ProblemCode
from api.problems import Problem


@transaction.atomic
def member_update(
    *, caller: Caller, membership_id: UUID, role: Role | None = None, restricted: bool | None = None
) -> Membership:
    membership = _locked(caller, membership_id)
    held = Role(membership.role)
    role = Role(role or held)
    check_role(caller, held)
    check_role(caller, role)
    if role is not Role.OWNER:
        _check_owner_stays(membership)
    membership.role = role
    membership.restricted = membership.restricted if restricted is None else restricted
    check_restriction(role, membership.restricted)
    membership.save(update_fields=["role", "restricted"])
    return membership


@transaction.atomic
def member_remove(*, caller: Caller, membership_id: UUID) -> None:
    """Everybody may leave; whoever manages the workspace may remove those who hold no more than they do."""
    membership = _locked(caller, membership_id)
    if membership.id != caller.membership_id:
        if not caller.may(Right.ADMIN):
            raise Problem(ProblemCode.PERMISSION_DENIED)
        check_role(caller, Role(membership.role))
    _check_owner_stays(membership)
    membership.delete()


def _locked(caller: Caller, membership_id: UUID) -> Membership:
    Workspace.objects.select_for_update(no_key=True).get(id=caller.home)
    members = Membership.objects.filter(workspace_id=caller.home).select_related("user")
    membership = members.filter(id=membership_id).first()
    if membership is None:
        raise NotFound
    return membership


def _check_owner_stays(membership: Membership) -> None:
    owners = Membership.objects.filter(
        workspace_id=membership.workspace_id, role=Role.OWNER, user__is_active=True
    )
    if membership.role == Role.OWNER and not owners.exclude(id=membership.id).exists():
        raise Problem(ProblemCode.CONFLICT, "A workspace needs an owner: make somebody else one first.")
