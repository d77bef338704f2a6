"""The audit trail: who changed what, when and from where."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client

from accounts.audit import HIDDEN
from accounts.middleware import keep_audit_trail
from accounts.models import ApiKey, AuditEntry, Invitation, User, Workspace
from accounts.rights import Right
from accounts.services.invitations import invitation_token
from accounts.services.passwords import password_reset, password_reset_token
from accounts.services.tokens import tokens_issue
from runtime.config import configuration
from tests.people import PASSWORD, new_user, owner, program, some_address, some_email, staff, visitor

pytestmark = pytest.mark.django_db

Action = AuditEntry.Action


def entry_about(row: Any) -> AuditEntry:
    return AuditEntry.objects.get_for_object(row).latest("id")


def rename(client: Any, workspace: Workspace, **extra: Any) -> AuditEntry:
    url = f"/api/v1/workspaces/{workspace.id}/"
    assert client.patch(url, {"name": "Renamed"}, content_type="application/json", **extra).status_code == 200
    return entry_about(workspace)


@pytest.fixture
def behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CA_WEB_TRUSTED_PROXIES", "1")
    configuration.cache_clear()
    yield
    monkeypatch.undo()
    configuration.cache_clear()


def test_a_change_by_access_token_names_the_person_the_request_and_the_address() -> None:
    ann = owner()
    access = tokens_issue(user=ann.user).access
    entry = rename(
        Client(REMOTE_ADDR="192.0.2.7"),
        ann.workspace,
        headers={"Authorization": f"Bearer {access}", "X-Request-Id": "request-1"},
    )
    assert entry.actor == ann.user
    assert entry.actor_email == ann.user.email
    assert (entry.remote_addr, entry.cid) == ("192.0.2.7", "request-1")
    assert entry.action == Action.UPDATE
    assert entry.changes == {"name": ["Acme", "Renamed"]}
    assert entry.workspace_id == ann.workspace.id


def test_a_change_by_api_key_names_the_key_and_nobody() -> None:
    ann = owner()
    key = program(ann.workspace, [Right.ADMIN])
    entry = rename(Client(headers={"Authorization": f"Bearer {key.key}"}), ann.workspace)
    assert entry.actor is None
    assert entry.additional_data["api_key"]["id"] == str(key.api_key.id)
    assert key.api_key.prefix in entry.additional_data["api_key"]["name"]


def test_a_change_by_session_names_the_person() -> None:
    ann = owner()
    assert rename(ann.browser, ann.workspace).actor == ann.user


def test_a_change_in_the_admin_names_the_member_of_staff() -> None:
    ops, ann = staff(), owner()
    ops.browser.post(
        "/admin/accounts/user/", {"action": "deactivate", "_selected_action": [str(ann.user.id)]}
    )
    entry = entry_about(ann.user)
    assert entry.actor == ops.user
    assert entry.changes == {"is_active": ["True", "False"]}


def test_an_address_is_believed_as_far_as_its_proxies_are(behind_a_proxy: None) -> None:
    ann = owner()
    forwarded = {"X-Forwarded-For": "203.0.113.9, 198.51.100.4"}
    assert rename(ann.browser, ann.workspace, headers=forwarded).remote_addr == "198.51.100.4"


def test_a_forwarded_address_that_is_none_is_left_out(behind_a_proxy: None) -> None:
    ann = owner()
    entry = rename(ann.browser, ann.workspace, headers={"X-Forwarded-For": "'; drop"})
    assert entry.remote_addr is None


def test_an_address_that_anybody_could_have_written_is_not_believed() -> None:
    ann = owner()
    entry = rename(ann.browser, ann.workspace, headers={"X-Forwarded-For": "203.0.113.9"})
    assert entry.remote_addr == "127.0.0.1"


def test_what_comes_after_a_request_on_the_same_thread_is_not_laid_at_its_door() -> None:
    ann = owner()
    rename(ann.browser, ann.workspace)
    later = Workspace.objects.create(name="Later")
    entry = entry_about(later)
    assert (entry.actor, entry.remote_addr, entry.cid) == (None, None, None)


def test_a_request_that_crashes_leaves_nothing_behind_either() -> None:
    ann = owner()

    def crash(request: HttpRequest) -> HttpResponse:
        request.user = ann.user
        Workspace.objects.create(name="During")
        raise RuntimeError("a bug")

    request = HttpRequest()
    request.META["REMOTE_ADDR"] = "192.0.2.8"
    with pytest.raises(RuntimeError, match="a bug"):
        keep_audit_trail(crash)(request)
    assert entry_about(Workspace.objects.get(name="During")).actor == ann.user
    later = entry_about(Workspace.objects.create(name="Later"))
    assert (later.actor, later.remote_addr) == (None, None)


def test_a_request_without_credentials_is_nobodys_even_after_somebodys() -> None:
    ann = owner()
    rename(ann.browser, ann.workspace)
    email = some_email()
    visitor().post("/api/v1/auth/login/", {"email": email, "password": "wrong"}, format="json")
    assert AuditEntry.objects.get(object_repr=email).actor is None


def test_signing_in_failing_to_and_signing_out_are_written_down() -> None:
    ann = owner()
    client = visitor()
    sent = {"email": ann.user.email, "password": PASSWORD}
    client.post("/api/v1/auth/login/", sent | {"password": "wrong"}, format="json")
    refresh = client.post("/api/v1/auth/login/", sent, format="json").json()["refresh"]
    client.post("/api/v1/auth/logout/", {"refresh": refresh}, format="json")
    entries = AuditEntry.objects.filter(object_repr=ann.user.email, action__gte=Action.SIGN_IN).order_by("id")
    assert [(entry.action, entry.actor) for entry in entries] == [
        (Action.SIGN_IN_FAILED, None),
        (Action.SIGN_IN, ann.user),
        (Action.SIGN_OUT, ann.user),
    ]


def test_signing_in_and_out_on_pages_is_written_down() -> None:
    ops = staff()
    browser = Client(REMOTE_ADDR=some_address())
    browser.post("/admin/login/", {"username": ops.user.email, "password": "wrong"})
    browser.post("/admin/login/", {"username": ops.user.email, "password": PASSWORD})
    browser.post("/admin/logout/")
    entries = AuditEntry.objects.filter(object_repr=ops.user.email, action__gte=Action.SIGN_IN).order_by("id")
    assert [entry.action for entry in entries] == [Action.SIGN_IN_FAILED, Action.SIGN_IN, Action.SIGN_OUT]


def test_a_wrong_old_password_is_written_down_and_a_right_one_is_no_failure() -> None:
    ops, new = staff(), "battery horse correct"
    failures = AuditEntry.objects.filter(object_repr=ops.user.email, action=Action.SIGN_IN_FAILED)
    page = {"old_password": "guess", "new_password1": new, "new_password2": new}
    ops.browser.post("/admin/password_change/", page)
    sent = {"current_password": "guess", "new_password": new}
    ops.client.post("/api/v1/auth/password/change/", sent, format="json")
    assert [entry.actor for entry in failures] == [ops.user, ops.user]
    ops.browser.post("/admin/password_change/", page | {"old_password": PASSWORD})
    ops.user.refresh_from_db()
    assert (ops.user.check_password(new), failures.count()) == (True, 2)


def test_a_registration_is_the_newcomers_own_doing() -> None:
    email = some_email()
    visitor().post("/api/v1/auth/register/", {"email": email, "password": PASSWORD}, format="json")
    user = User.objects.get(email=email)
    assert entry_about(user).actor == user
    assert entry_about(user.memberships.get()).actor == user


def test_registering_and_accepting_an_invitation_are_sign_ins() -> None:
    ann, email = owner(), some_email()
    sent = {"email": email, "role": "viewer"}
    invited = ann.client.post(f"/api/v1/workspaces/{ann.workspace.id}/invitations/", sent, format="json")
    token = invitation_token(Invitation.objects.get(id=invited.json()["id"]))
    visitor().post("/api/v1/auth/register/", {"email": email, "password": PASSWORD}, format="json")
    accepted = {"token": token, "password": PASSWORD}
    assert visitor().post("/api/v1/invitations/accept/", accepted, format="json").status_code == 200
    entries = AuditEntry.objects.filter(object_repr=email, action=Action.SIGN_IN)
    assert [entry.actor_email for entry in entries] == [email, email]


def test_a_new_password_is_written_down_without_its_hash() -> None:
    user = new_user()
    password_reset(token=password_reset_token(user), password="battery horse correct")
    entry = entry_about(user)
    assert entry.actor == user
    assert entry.changes == {"password": [HIDDEN, HIDDEN]}


def test_no_secret_and_no_hash_of_one_is_in_the_trail() -> None:
    ann = owner()
    made = ann.client.post("/api/v1/api-keys/", {"name": "x", "scopes": ["read"]}, format="json").json()
    invitations = f"/api/v1/workspaces/{ann.workspace.id}/invitations/"
    ann.client.post(invitations, {"email": some_email(), "role": "viewer"}, format="json")
    user = User.objects.create_user(some_email(), "battery horse correct")
    secrets = [
        made["key"],
        ApiKey.objects.get(id=made["id"]).key_hash,
        Invitation.objects.get(workspace=ann.workspace).token_hash,
        user.password,
        "battery horse correct",
    ]
    written = "".join(str(row) for row in AuditEntry.objects.values())
    assert made["prefix"] in written
    assert [secret for secret in secrets if secret in written] == []


def test_an_entry_stays_when_its_workspace_is_gone() -> None:
    ann = owner()
    entry = rename(ann.browser, ann.workspace)
    ann.workspace.delete()
    assert AuditEntry.objects.get(id=entry.id).workspace_id == entry.workspace_id
