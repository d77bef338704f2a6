"""Nobody hands out more than they hold: the one rule behind roles, invitations and keys."""

from collections.abc import Iterable
from datetime import datetime

from accounts.caller import Caller
from accounts.models import ApiKey
from accounts.rights import RESTRICTABLE, Right, Role
from api.problem_codes import ProblemCode
from api.problems import Problem, field_problem


def check_role(caller: Caller, role: Role) -> None:
    """403 unless the caller holds every right of this role: only owners make, change or remove owners."""
    if not role.rights <= caller.rights:
        detail = f"You hold less than the role `{role}`, so you cannot give or take it."
        raise Problem(ProblemCode.PERMISSION_DENIED, detail)


def check_restriction(role: Role, restricted: bool) -> None:
    if restricted and role not in RESTRICTABLE:
        raise field_problem("restricted", "not_allowed", f"The role `{role}` sees every campaign.")


def check_scopes(caller: Caller, scopes: Iterable[Right]) -> None:
    missing = sorted(set(scopes) - caller.rights)
    if missing:
        raise Problem(ProblemCode.PERMISSION_DENIED, f"You do not hold: {', '.join(missing)}.")


def check_expiry(caller: Caller, expires_at: datetime | None) -> None:
    """An API key makes no key that outlives it."""
    if caller.api_key_id is None:
        return
    own = ApiKey.objects.values_list("expires_at", flat=True).get(id=caller.api_key_id)
    if own and (expires_at is None or expires_at > own):
        raise field_problem("expires_at", "too_late", f"Your own key ends at {own.isoformat()}.")
