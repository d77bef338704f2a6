"""Members: roles given and taken, and the owner that every workspace keeps."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from accounts.models import Membership
from accounts.rights import Right, Role
from tests.people import Person, admin, analyst, owner, person, program, stranger, viewer

pytestmark = pytest.mark.django_db


def url_of(member: Person) -> str:
    return f"/api/v1/workspaces/{member.workspace.id}/members/{member.membership.id}/"


def change(caller: Any, member: Person, **changes: object) -> int:
    return int(caller.client.patch(url_of(member), changes, format="json").status_code)


def role_of(member: Person) -> str:
    return Membership.objects.get(id=member.membership.id).role


def test_every_member_sees_who_belongs_to_the_workspace() -> None:
    ann = owner()
    ben = viewer(ann.workspace)
    rows = ben.client.get(f"/api/v1/workspaces/{ann.workspace.id}/members/").json()["results"]
    assert [(row["user"]["email"], row["role"]) for row in rows] == [
        (ann.user.email, "owner"),
        (ben.user.email, "viewer"),
    ]


def test_an_admin_changes_roles_up_to_their_own() -> None:
    ann = admin()
    ben = viewer(ann.workspace)
    assert change(ann, ben, role="admin") == 200
    assert role_of(ben) == "admin"
    assert change(ann, ben, role="owner") == 403
    assert role_of(ben) == "admin"


def test_only_owners_touch_owners() -> None:
    ann = owner()
    ben, carl = owner(ann.workspace), admin(ann.workspace)
    assert change(carl, ben, role="viewer") == 403
    assert carl.client.delete(url_of(ben)).status_code == 403
    assert change(ann, ben, role="viewer") == 200


def test_a_program_gives_no_more_than_its_scopes() -> None:
    ann = owner()
    key = program(ann.workspace, [Right.READ, Right.ADMIN])
    assert change(key, viewer(ann.workspace), role="analyst") == 403


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST])
def test_other_members_change_nobody_and_remove_nobody(role: Role) -> None:
    ann = owner()
    ben, target = person(role, ann.workspace), viewer(ann.workspace)
    assert change(ben, target, role="viewer") == 403
    assert ben.client.delete(url_of(target)).status_code == 403
    assert Membership.objects.filter(id=target.membership.id).exists()


def test_everybody_may_leave() -> None:
    ben = viewer(owner().workspace)
    assert ben.client.delete(url_of(ben)).status_code == 204
    assert not Membership.objects.filter(id=ben.membership.id).exists()


def test_a_removed_member_is_out_at_once() -> None:
    ann = owner()
    ben = analyst(ann.workspace)
    ann.client.delete(url_of(ben))
    assert ben.client.get(f"/api/v1/workspaces/{ann.workspace.id}/").status_code == 404


def test_the_last_owner_can_neither_leave_nor_be_demoted() -> None:
    ann = owner()
    assert ann.client.delete(url_of(ann)).status_code == 409
    assert change(ann, ann, role="admin") == 409
    assert role_of(ann) == "owner"


def test_an_owner_whose_account_is_closed_does_not_count() -> None:
    ann = owner()
    gone = owner(ann.workspace)
    gone.user.is_active = False
    gone.user.save()
    assert change(ann, ann, role="admin") == 409


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_once_do_not_both_get_away() -> None:
    ann = owner()
    owners = [ann, owner(ann.workspace)]

    def leave(member: Person) -> int:
        try:
            return int(member.client.delete(url_of(member)).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(leave, owners)) == [204, 409]


def test_a_restriction_is_for_those_who_do_not_manage() -> None:
    ann = owner()
    ben = analyst(ann.workspace)
    assert change(ann, ben, restricted=True) == 200
    assert change(ann, ben, role="admin") == 400
    assert change(ann, ben, role="admin", restricted=False) == 200
    assert change(ann, ben, restricted=True) == 400


@pytest.mark.parametrize("changes", [{"role": "king"}, {"role": None}, {"restricted": "no"}, {"user": "x"}])
def test_bad_input_is_a_400(changes: dict[str, object]) -> None:
    ann = owner()
    assert change(ann, viewer(ann.workspace), **changes) == 400


def test_members_of_others_are_not_there() -> None:
    ann, eve = owner(), stranger()
    foreign = f"/api/v1/workspaces/{ann.workspace.id}/members/{eve.membership.id}/"
    unknown = f"/api/v1/workspaces/{ann.workspace.id}/members/{uuid4()}/"
    for url in (foreign, unknown):
        assert ann.client.get(url).status_code == 404
        assert ann.client.patch(url, {"role": "viewer"}, format="json").status_code == 404
        assert ann.client.delete(url).status_code == 404
    assert eve.client.get(url_of(ann)).status_code == 404
