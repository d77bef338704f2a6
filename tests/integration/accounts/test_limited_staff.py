"""Staff who are no superusers: what they may change in the admin makes them none."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.models import User
from tests.people import Person, owner, staff

pytestmark = pytest.mark.django_db

USERS, GROUPS = "/admin/accounts/user/", "/admin/auth/group/"
POWERS = {"is_staff": "on", "is_superuser": "on"}
NEW_PASSWORD = {"password1": "battery horse correct", "password2": "battery horse correct"}


@pytest.fixture
def limited() -> Client:
    """May do to users and groups whatever a permission allows."""
    somebody = owner()
    User.objects.filter(id=somebody.user.id).update(is_staff=True)
    somebody.user.user_permissions.set(
        Permission.objects.filter(content_type__app_label__in=["accounts", "auth"])
    )
    return somebody.browser


def page_of(person: Person) -> str:
    return f"{USERS}{person.user.id}/change/"


def form_of(person: Person, **changes: str) -> dict[str, str]:
    return {"email": person.user.email, "name": person.user.name} | changes


def test_they_change_people_and_give_nobody_powers(limited: Client) -> None:
    ann, group = owner(), Group.objects.create(name="All")
    answer = limited.post(page_of(ann), form_of(ann, name="Ann", groups=str(group.pk), **POWERS))
    assert answer.status_code == 302
    ann.user.refresh_from_db()
    assert (ann.user.name, ann.user.is_staff, ann.user.is_superuser) == ("Ann", False, False)
    assert not ann.user.groups.exists()


def test_they_change_no_staff_nor_set_their_passwords(limited: Client) -> None:
    boss = staff()
    password_page = f"{USERS}{boss.user.id}/password/"
    assert limited.post(page_of(boss), form_of(boss, email="mine@example.com")).status_code == 403
    assert limited.post(password_page, NEW_PASSWORD).status_code == 403
    before = (boss.user.email, boss.user.password)
    boss.user.refresh_from_db()
    assert (boss.user.email, boss.user.password) == before


def test_they_deactivate_people_and_pass_staff_by(limited: Client) -> None:
    ann, boss = owner(), staff()
    chosen = [str(ann.user.id), str(boss.user.id)]
    limited.post(USERS, {"action": "deactivate", "_selected_action": chosen})
    ann.user.refresh_from_db()
    boss.user.refresh_from_db()
    assert (ann.user.is_active, boss.user.is_active) == (False, True)


def test_they_see_groups_and_change_none(limited: Client) -> None:
    group = Group.objects.create(name="Support")
    assert limited.get(GROUPS).status_code == 200
    assert limited.get(f"{GROUPS}add/").status_code == 403
    assert limited.post(f"{GROUPS}{group.pk}/change/", {"name": "Mine"}).status_code == 403
    assert limited.post(f"{GROUPS}{group.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_superuser_makes_others_staff() -> None:
    ann = owner()
    assert staff().browser.post(page_of(ann), form_of(ann, **POWERS)).status_code == 302
    ann.user.refresh_from_db()
    assert ann.user.is_staff
    assert ann.user.is_superuser
