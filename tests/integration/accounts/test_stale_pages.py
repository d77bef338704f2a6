"""What happened to a row between the reading and the writing of an admin page stays."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.utils import timezone

from accounts.models import Invitation, User, Workspace
from accounts.services.passwords import password_reset, password_reset_token
from accounts.services.users import user_deactivate
from tests.people import owner, some_email, staff

pytestmark = pytest.mark.django_db

admin.autodiscover()
NEW = "battery horse correct"
Meanwhile = Callable[[Any, str, Callable[[], object]], None]


@pytest.fixture
def just_before(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Have something happen just before a method of the product's runs."""

    def patch(whose: Any, method: str, happens: Callable[[], object]) -> None:
        original = getattr(whose, method)

        def answer(*args: Any, **options: Any) -> Any:
            happens()
            return original(*args, **options)

        monkeypatch.setattr(whose, method, answer)

    return patch


def page_of(row: Model) -> str:
    return f"/admin/accounts/{row._meta.model_name}/{row.pk}/change/"


def test_a_password_that_was_reset_meanwhile_stays_reset(just_before: Meanwhile) -> None:
    user, group = owner().user, Group.objects.create(name="Support")
    token = password_reset_token(user)
    just_before(admin.site._registry[User], "save_model", lambda: password_reset(token=token, password=NEW))
    sent = {"email": user.email, "name": "Ann", "groups": [group.pk]}
    assert staff().browser.post(page_of(user), sent).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.check_password(NEW), list(user.groups.all())) == ("Ann", True, [group])


def test_a_floor_that_moved_meanwhile_stays_where_it_is(just_before: Meanwhile) -> None:
    workspace, moved = owner().workspace, date(2026, 3, 1)
    row = Workspace.objects.filter(id=workspace.id)
    just_before(admin.site._registry[Workspace], "save_model", lambda: row.update(raw_floor=moved))
    sent = {"name": "Renamed", "currency": "EUR", "timezone": "UTC"}
    management = {f"memberships-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    assert staff().browser.post(page_of(workspace), sent | management).status_code == 302
    workspace.refresh_from_db()
    assert (workspace.name, workspace.raw_floor) == ("Renamed", moved)


def test_an_invitation_that_was_accepted_meanwhile_stays_accepted(just_before: Meanwhile) -> None:
    now = timezone.now()
    invitation = Invitation.objects.create(
        workspace=owner().workspace, email=some_email(), role="viewer", expires_at=now + timedelta(days=1)
    )
    row = Invitation.objects.filter(id=invitation.id)
    just_before(admin.site._registry[Invitation], "save_model", lambda: row.update(accepted_at=now))
    sent = {"expires_at_0": "2030-01-01", "expires_at_1": "00:00:00"}
    assert staff().browser.post(page_of(invitation), sent).status_code == 302
    invitation.refresh_from_db()
    assert (invitation.expires_at.year, invitation.accepted_at) == (2030, now)


def test_a_password_set_by_staff_lets_nobody_in_who_was_deactivated_meanwhile(just_before: Meanwhile) -> None:
    user, ops = owner().user, staff()
    same = User.objects.get(id=user.id)
    just_before(User, "set_password", lambda: user_deactivate(user=same))
    page = f"/admin/accounts/user/{user.id}/password/"
    assert ops.browser.post(page, {"password1": NEW, "password2": NEW}).status_code == 302
    user.refresh_from_db()
    assert (user.check_password(NEW), user.is_active, user.sign_outs) == (True, False, 1)
