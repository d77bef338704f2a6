"""The admin pages of accounts: what staff find, what they can do, and what no page shows."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from accounts.keys import fingerprint
from accounts.models import ApiKey, AuditEntry, Invitation, User, Workspace, WriteKey
from accounts.rights import Right
from accounts.services.invitations import invitation_token
from accounts.services.keys import write_key_create
from accounts.services.tokens import tokens_issue
from tests.people import PASSWORD, owner, program, some_email, staff, stranger, visitor

pytestmark = pytest.mark.django_db

PAGES = ["user", "workspace", "membership", "invitation", "apikey", "writekey", "auditentry"]


WORDS: dict[str, Callable[[Any], str]] = {
    "user": lambda user: user.email,
    "workspace": lambda workspace: workspace.memberships.get().user.email,
    "membership": lambda membership: membership.user.email,
    "invitation": lambda invitation: invitation.email,
    "apikey": lambda api_key: api_key.prefix,
    "writekey": lambda write_key: write_key.key,
    "auditentry": lambda entry: entry.object_pk,
}


def list_url(model: str) -> str:
    return f"/admin/accounts/{model}/"


@pytest.fixture
def filled() -> dict[str, Any]:
    """A row behind every page, and the secrets that none may show."""
    ann = owner()
    key = program(ann.workspace, [Right.READ])
    url = f"/api/v1/workspaces/{ann.workspace.id}/invitations/"
    ann.client.post(url, {"email": some_email(), "role": "viewer"}, format="json")
    invitation = Invitation.objects.get(workspace=ann.workspace)
    write_key = write_key_create(workspace_id=ann.workspace.id, name="Shop")
    ann.user.set_password("battery horse correct")
    ann.user.save()
    pair = tokens_issue(user=ann.user)
    return {
        "rows": {
            "user": ann.user,
            "workspace": ann.workspace,
            "membership": ann.membership,
            "invitation": invitation,
            "apikey": key.api_key,
            "writekey": write_key,
            "auditentry": AuditEntry.objects.get_for_object(ann.user).latest("id"),
        },
        "secrets": {
            "API key": key.key,
            "its hash": fingerprint(key.key),
            "password": ann.user.password,
            "its hash's end": ann.user.password[-20:],
            "its hash's salt": ann.user.password.split("$")[4][:12],
            "invitation": invitation_token(invitation),
            "its hash, too": invitation.token_hash,
            "refresh token": pair.refresh,
        },
    }


@pytest.mark.parametrize("model", PAGES)
def test_every_page_opens_for_staff_and_shows_no_secret(model: str, filled: dict[str, Any]) -> None:
    browser = staff().browser
    row = filled["rows"][model]
    for url in (list_url(model), f"{list_url(model)}{row.pk}/change/"):
        page = browser.get(url)
        assert page.status_code == 200
        shown = page.content.decode()
        assert [name for name, secret in filled["secrets"].items() if secret in shown] == []


@pytest.mark.parametrize("model", PAGES)
def test_every_list_can_be_searched(model: str, filled: dict[str, Any]) -> None:
    browser, row = staff().browser, filled["rows"][model]
    found = browser.get(list_url(model), {"q": WORDS[model](row)}).context["cl"].queryset
    assert found.filter(pk=row.pk).exists()
    assert browser.get(list_url(model), {"q": "nothing like it"}).context["cl"].result_count == 0


@pytest.mark.parametrize("model", PAGES)
def test_nobody_but_staff_sees_a_page(model: str) -> None:
    assert visitor().get(list_url(model)).status_code == 302
    assert owner().browser.get(list_url(model)).status_code == 302


@pytest.mark.parametrize("model", ["apikey", "writekey", "invitation", "auditentry"])
def test_what_hands_out_secrets_is_not_made_here(model: str) -> None:
    assert staff().browser.get(f"{list_url(model)}add/").status_code == 403


@pytest.mark.parametrize("model", ["user", "workspace", "apikey", "writekey", "auditentry"])
def test_what_others_go_on_naming_is_not_deleted(model: str, filled: dict[str, Any]) -> None:
    row = filled["rows"][model]
    answer = staff().browser.post(f"{list_url(model)}{row.pk}/delete/", {"post": "yes"})
    assert answer.status_code == 403
    assert type(row).objects.filter(pk=row.pk).exists()


def test_an_entry_of_the_trail_cannot_be_changed(filled: dict[str, Any]) -> None:
    entry = filled["rows"]["auditentry"]
    url = f"{list_url('auditentry')}{entry.pk}/change/"
    assert staff().browser.post(url, {"object_repr": "forged"}).status_code == 403


def test_the_trail_is_found_by_actor_object_and_workspace() -> None:
    ann, browser = owner(), staff().browser
    ann.client.patch(f"/api/v1/workspaces/{ann.workspace.id}/", {"name": "Findable"}, format="json")
    for words in (ann.user.email, "Findable", str(ann.workspace.id)):
        found = browser.get(list_url("auditentry"), {"q": words}).context["cl"].queryset
        assert found.filter(object_pk=str(ann.workspace.id), action=AuditEntry.Action.UPDATE).exists()


def test_the_trail_is_filtered_by_action_time_and_workspace() -> None:
    ann, browser = owner(), staff().browser
    stranger()
    filters = {
        "action__exact": str(AuditEntry.Action.CREATE),
        "timestamp__gte": str(timezone.now() - timedelta(minutes=1)),
        "workspace__id__exact": str(ann.workspace.id),
    }
    found = browser.get(list_url("auditentry"), filters).context["cl"].queryset
    assert {entry.workspace_id for entry in found} == {ann.workspace.id}
    future = filters | {"timestamp__gte": str(timezone.now() + timedelta(minutes=1))}
    assert not browser.get(list_url("auditentry"), future).context["cl"].queryset.exists()


@pytest.mark.parametrize(("model", "kind"), [("apikey", ApiKey), ("writekey", WriteKey)])
def test_selected_keys_are_revoked(
    model: str, kind: type[ApiKey] | type[WriteKey], filled: dict[str, Any]
) -> None:
    key = filled["rows"][model]
    staff().browser.post(list_url(model), {"action": "revoke", "_selected_action": [str(key.pk)]})
    assert kind.objects.get(pk=key.pk).revoked_at is not None


def test_a_deactivated_user_is_out_and_can_be_let_in_again() -> None:
    ann, browser, login = owner(), staff().browser, "/api/v1/auth/login/"
    token = tokens_issue(user=ann.user).refresh
    selected = {"_selected_action": [str(ann.user.pk)]}
    sent = {"email": ann.user.email, "password": PASSWORD}
    browser.post(list_url("user"), {"action": "deactivate", **selected})
    assert visitor().post(login, sent, format="json").status_code == 401
    browser.post(list_url("user"), {"action": "activate", **selected})
    assert visitor().post(login, sent, format="json").status_code == 200
    answer = visitor().post("/api/v1/auth/refresh/", {"refresh": token}, format="json")
    assert answer.status_code == 401


def test_a_password_set_by_staff_ends_the_users_refresh_tokens() -> None:
    ann, browser = owner(), staff().browser
    token = tokens_issue(user=ann.user).refresh
    page = reverse("admin:auth_user_password_change", args=[ann.user.pk])
    assert page in browser.get(f"{list_url('user')}{ann.user.pk}/change/").content.decode()
    new = {"password1": "battery horse correct", "password2": "battery horse correct"}
    assert browser.post(page, new).status_code == 302
    answer = visitor().post("/api/v1/auth/refresh/", {"refresh": token}, format="json")
    assert answer.status_code == 401


def test_staff_make_a_user_whose_address_is_kept_in_lower_case() -> None:
    sent = {"email": "New@Example.com", "password1": "battery horse correct", "usable_password": "true"}
    staff().browser.post(f"{list_url('user')}add/", sent | {"password2": sent["password1"]})
    assert User.objects.filter(email="new@example.com").exists()


def test_a_restriction_of_an_admin_is_refused_on_the_page() -> None:
    ann = owner()
    url = f"{list_url('membership')}{ann.membership.pk}/change/"
    sent = {"user": ann.user.pk, "workspace": ann.workspace.pk, "role": "admin", "restricted": "on"}
    page = staff().browser.post(url, sent)
    assert page.status_code == 200
    assert re.search("error", page.content.decode())
    ann.membership.refresh_from_db()
    assert not ann.membership.restricted


def test_the_scripts_of_the_forms_get_their_words() -> None:
    assert "gettext" in staff().browser.get("/admin/jsi18n/").content.decode()


def test_tokens_have_no_page() -> None:
    assert "token_blacklist" not in staff().browser.get("/admin/").content.decode()


def test_the_schedule_can_be_seen_and_switched() -> None:
    browser = staff().browser
    task = PeriodicTask.objects.get(name="Flush expired tokens")
    base = "/admin/django_celery_beat/periodictask/"
    assert task.name in browser.get(base).content.decode()
    assert browser.get(f"{base}{task.pk}/change/").status_code == 200
    assert browser.get("/admin/django_celery_beat/crontabschedule/").status_code == 200
    browser.post(base, {"action": "disable_tasks", "_selected_action": [str(task.pk)]})
    task.refresh_from_db()
    assert not task.enabled
    assert CrontabSchedule.objects.filter(periodictask=task).exists()


def test_a_task_that_runs_every_few_seconds_can_be_seen_and_saved() -> None:
    """Crontabs are too coarse for it, so its page demands none."""
    browser = staff().browser
    task = PeriodicTask.objects.get(task="insights.aggregate")
    page = f"/admin/django_celery_beat/periodictask/{task.pk}/change/"
    assert browser.get(page).status_code == 200
    form = {"name": task.name, "task": task.task, "enabled": "on", "args": "[]", "kwargs": "{}"}
    assert browser.post(page, form | {"expire_seconds": "7"}).status_code == 302
    task.refresh_from_db()
    assert (task.expire_seconds, task.interval.every) == (7, 5)


def test_groups_can_be_edited() -> None:
    assert staff().browser.get("/admin/auth/group/add/").status_code == 200


def saved_workspace(browser: Client, workspace: Workspace, **fields: str) -> Any:
    """What the form answers."""
    url = f"/admin/accounts/workspace/{workspace.id}/change/"
    page = browser.get(url)
    assert "Raw floor" in page.content.decode()
    inlines = page.context["inline_admin_formsets"][0].formset
    management = {f"{inlines.prefix}-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return browser.post(url, {"name": "A", "currency": "EUR", "timezone": "UTC"} | fields | management)


def test_staff_say_how_long_raw_facts_are_kept_and_cannot_move_the_floor() -> None:
    workspace = owner().workspace
    saved = saved_workspace(staff().browser, workspace, raw_months="6", raw_floor="2030-01-01")
    assert saved.status_code == 302
    floor = workspace.raw_floor
    workspace.refresh_from_db()
    assert (workspace.raw_months, workspace.raw_floor) == (6, floor)


@pytest.mark.parametrize("months", ["0", "601", "32767"])
def test_raw_facts_are_kept_for_fifty_years_at_most(months: str) -> None:
    workspace = owner().workspace
    page = saved_workspace(staff().browser, workspace, raw_months=months)
    assert page.context["adminform"].form.errors.keys() == {"raw_months"}
    workspace.refresh_from_db()
    assert workspace.raw_months is None
