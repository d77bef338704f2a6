"""Roles, rights, and the rule that nobody hands out more than they hold."""

from uuid import uuid4

import pytest

from accounts.caller import Caller
from accounts.grants import check_restriction, check_role, check_scopes
from accounts.rights import RESTRICTABLE, SCOPES, Right, Role
from api.problem_codes import ProblemCode
from api.problems import Problem


def caller(role: Role) -> Caller:
    return Caller(user_id=uuid4(), name="ann", workspace_id=uuid4(), rights=role.rights, role=role)


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        (Role.VIEWER, {"read"}),
        (Role.ANALYST, {"read", "write", "events"}),
        (Role.ADMIN, {"read", "write", "events", "admin"}),
        (Role.OWNER, {"read", "write", "events", "admin", "own"}),
    ],
)
def test_each_role_has_its_rights(role: Role, rights: set[str]) -> None:
    assert role.rights == rights


def test_no_api_key_can_own_a_workspace() -> None:
    assert Right.OWN not in SCOPES


@pytest.mark.parametrize("holder", Role)
@pytest.mark.parametrize("given", Role)
def test_a_role_is_given_only_by_who_holds_as_much(holder: Role, given: Role) -> None:
    order = list(Role)
    if order.index(given) <= order.index(holder):
        check_role(caller(holder), given)
    else:
        with pytest.raises(Problem) as refused:
            check_role(caller(holder), given)
        assert refused.value.kind is ProblemCode.PERMISSION_DENIED


def test_scopes_beyond_ones_own_are_refused_and_named() -> None:
    check_scopes(caller(Role.ADMIN), SCOPES)
    with pytest.raises(Problem, match="events, write"):
        check_scopes(caller(Role.VIEWER), [Right.READ, Right.WRITE, Right.EVENTS])


@pytest.mark.parametrize("role", Role)
def test_who_manages_cannot_be_restricted(role: Role) -> None:
    check_restriction(role, restricted=False)
    if role in RESTRICTABLE:
        check_restriction(role, restricted=True)
        assert Right.ADMIN not in role.rights
    else:
        with pytest.raises(Problem):
            check_restriction(role, restricted=True)
