"""Invitations: offered by mail, accepted by the person whom they were meant for."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone

from accounts.attempts import DAY, HOUR
from accounts.keys import fingerprint
from accounts.models import AuditEntry, Invitation, Membership, User
from accounts.services.invitations import invitation_token
from api import throttles
from tests.people import PASSWORD, Person, admin, analyst, new_user, owner, some_email, stranger, visitor

pytestmark = pytest.mark.django_db

ACCEPT = "/api/v1/invitations/accept/"


def url_of(person: Person) -> str:
    return f"/api/v1/workspaces/{person.workspace.id}/invitations/"


def invite(caller: Person, email: str, role: str = "analyst", **fields: object) -> Any:
    return caller.client.post(url_of(caller), {"email": email, "role": role, **fields}, format="json")


def accept(token: str, client: Any = None, **fields: object) -> Any:
    return (client or visitor()).post(ACCEPT, {"token": token, **fields}, format="json")


def token_for(caller: Person, email: str, role: str = "analyst", **fields: object) -> str:
    """Invite, and read what the mail would say."""
    made = invite(caller, email, role, **fields).json()
    return invitation_token(Invitation.objects.get(id=made["id"]))


@pytest.mark.usefixtures("worker")
def test_the_invited_person_gets_a_mail_with_a_link_that_works(mailoutbox: list[EmailMessage]) -> None:
    ann = owner()
    invited = invite(ann, "Ben@Example.com")
    assert invited.status_code == 201
    [mail] = mailoutbox
    assert mail.to == ["ben@example.com"]
    assert ann.workspace.name in mail.subject
    assert "/account/invitation/?token=" in str(mail.body)
    found = re.search(r"token is: (\S+)", str(mail.body))
    assert found
    assert found[1] not in invited.content.decode()
    assert accept(found[1], password=PASSWORD).status_code == 200


@pytest.mark.usefixtures("worker")
def test_a_workspace_name_cannot_add_headers_to_the_mail(mailoutbox: list[EmailMessage]) -> None:
    ann = owner()
    ann.client.patch(f"/api/v1/workspaces/{ann.workspace.id}/", {"name": "a\r\nBcc: eve@x.io"}, format="json")
    assert invite(ann, some_email()).status_code == 201
    assert mailoutbox[0].subject.startswith("Join a Bcc: eve@x.io in")


@pytest.mark.usefixtures("worker")
def test_a_workspace_name_cannot_add_lines_to_the_mail(mailoutbox: list[EmailMessage]) -> None:
    ann = owner()
    name = {"name": "a\n\nTo join, open http://x.io"}
    ann.client.patch(f"/api/v1/workspaces/{ann.workspace.id}/", name, format="json")
    assert invite(ann, some_email()).status_code == 201
    assert "invites you to a To join, open http://x.io in Campaign" in str(mailoutbox[0].body)


@pytest.mark.parametrize("whose", ["workspace", "sender", "recipient"])
def test_invitations_have_budgets_of_their_own(whose: str) -> None:
    ann, ben = owner(), some_email()
    identity = {
        "workspace": f"workspace:{ann.workspace.id}",
        "sender": f"user:{ann.user.id}",
        "recipient": f"email:{fingerprint(ben)}",
    }[whose]
    throttles.spend(f"invite:{identity}", 1, DAY if whose == "recipient" else HOUR)
    refused = invite(ann, ben.upper())
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert int(refused["Retry-After"]) >= 1
    assert invite(owner(), some_email()).status_code == 201


def test_a_newcomer_gets_an_account_the_membership_and_a_pair_of_tokens() -> None:
    ann = owner()
    email = some_email()
    answer = accept(token_for(ann, email, "viewer", restricted=True), password=PASSWORD, name="Ben")
    assert answer.status_code == 200
    assert answer.json()["user"]["email"] == email
    assert answer.json()["workspace"]["id"] == str(ann.workspace.id)
    membership = Membership.objects.get(user__email=email)
    assert (membership.role, membership.restricted) == ("viewer", True)
    assert User.objects.get(email=email).check_password(PASSWORD)


def test_a_newcomer_has_to_choose_a_good_password() -> None:
    token = token_for(owner(), some_email())
    assert accept(token).json()["errors"][0] == {
        "field": "password",
        "code": "required",
        "message": "Choose a password for your new account.",
    }
    assert accept(token, password="short").json()["errors"][0]["code"] == "password_too_short"
    assert accept(token, password=PASSWORD).status_code == 200


def test_who_has_an_account_accepts_with_its_password_or_signed_in() -> None:
    ann, ben, carl = owner(), stranger(), stranger()
    assert accept(token_for(ann, ben.user.email), password=PASSWORD).status_code == 200
    assert accept(token_for(ann, carl.user.email), carl.client).status_code == 200
    assert Membership.objects.filter(workspace=ann.workspace).count() == 3


def test_the_mail_alone_does_not_open_an_account_that_exists() -> None:
    user = new_user()
    token = token_for(owner(), user.email)
    assert accept(token).status_code == 400
    assert accept(token, stranger().client).status_code == 400
    assert accept(token, password="not the password").json()["errors"][0]["code"] == "wrong"
    assert not Membership.objects.filter(user=user).exists()
    failed = AuditEntry.objects.filter(action=AuditEntry.Action.SIGN_IN_FAILED, object_repr=user.email)
    assert failed.count() == 1


def test_a_closed_account_cannot_accept() -> None:
    user = new_user(is_active=False)
    assert accept(token_for(owner(), user.email), password=PASSWORD).status_code == 400


def test_an_invitation_is_accepted_once() -> None:
    token = token_for(owner(), some_email())
    assert accept(token, password=PASSWORD).status_code == 200
    again = accept(token, password=PASSWORD)
    assert again.status_code == 400
    assert again.json()["errors"][0]["field"] == "token"


@pytest.mark.django_db(transaction=True)
def test_accepting_many_times_at_once_makes_one_member_and_no_server_error() -> None:
    email = some_email()
    token = token_for(owner(), email)

    def accept_once(_: int) -> int:
        try:
            return int(accept(token, password=PASSWORD).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(accept_once, range(4)))
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 400, 409}
    assert Membership.objects.filter(user__email=email).count() == 1


@pytest.mark.django_db(transaction=True)
def test_inviting_the_same_person_many_times_at_once_leaves_one_invitation() -> None:
    ann, email = owner(), some_email()

    def invite_once(_: int) -> int:
        try:
            return int(invite(ann, email).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(invite_once, range(4))) == {201}
    assert Invitation.objects.filter(email=email).count() == 1


def test_an_invitation_ends_by_itself() -> None:
    token = token_for(owner(), some_email())
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert accept(token, password=PASSWORD).status_code == 400


def test_a_withdrawn_invitation_works_no_more() -> None:
    ann = owner()
    token = token_for(ann, some_email())
    [standing] = ann.client.get(url_of(ann)).json()["results"]
    assert ann.client.delete(f"{url_of(ann)}{standing['id']}/").status_code == 204
    assert ann.client.delete(f"{url_of(ann)}{standing['id']}/").status_code == 404
    assert accept(token, password=PASSWORD).status_code == 400


def test_a_second_invitation_replaces_the_first() -> None:
    ann, email = owner(), some_email()
    first, second = token_for(ann, email, "admin"), token_for(ann, email, "viewer")
    assert len(ann.client.get(url_of(ann)).json()["results"]) == 1
    assert accept(first, password=PASSWORD).status_code == 400
    assert accept(second, password=PASSWORD).json()["user"]["workspaces"][0]["role"] == "viewer"


def test_who_is_a_member_already_is_not_invited() -> None:
    ann = owner()
    answer = invite(ann, analyst(ann.workspace).user.email)
    assert answer.json()["errors"][0]["code"] == "already_member"


def test_nobody_invites_to_more_than_they_hold() -> None:
    ben = admin()
    assert invite(ben, some_email(), "owner").status_code == 403
    assert invite(ben, some_email(), "admin").status_code == 201


def test_an_admin_neither_withdraws_nor_replaces_what_only_an_owner_offers() -> None:
    ann, email = owner(), some_email()
    ben = admin(ann.workspace)
    made = invite(ann, email, "owner").json()
    assert ben.client.delete(f"{url_of(ben)}{made['id']}/").status_code == 403
    assert invite(ben, email, "viewer").status_code == 403
    assert ben.client.get(url_of(ben)).json()["results"] == [made]
    assert ann.client.delete(f"{url_of(ann)}{made['id']}/").status_code == 204


def test_every_member_sees_invitations_and_admins_send_and_withdraw_them() -> None:
    boss = admin()
    ben = analyst(boss.workspace)
    made = invite(boss, some_email()).json()
    assert ben.client.get(url_of(ben)).json()["results"] == [made]
    assert invite(ben, some_email()).status_code == 403
    assert ben.client.delete(f"{url_of(ben)}{made['id']}/").status_code == 403


def test_a_stranger_sees_and_ends_nothing() -> None:
    ann, eve = owner(), stranger()
    made = invite(ann, some_email()).json()
    assert eve.client.get(url_of(ann)).status_code == 404
    assert eve.client.delete(f"{url_of(ann)}{made['id']}/").status_code == 404
    assert eve.client.delete(f"{url_of(eve)}{made['id']}/").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {"email": "x", "role": "viewer"},
        {"email": "a@b.io", "role": "king"},
        {"email": "a@b.io"},
        {"email": "a@b.io", "role": ["viewer"]},
        {"email": "a@b.io", "role": "admin", "restricted": True},
        {"email": "a@b.io", "role": "viewer", "restricted": 1},
    ],
)
def test_bad_input_is_a_400(sent: dict[str, object]) -> None:
    ann = owner()
    assert ann.client.post(url_of(ann), sent, format="json").status_code == 400


@pytest.mark.parametrize("token", ["", "x", 12, "\x00", "x" * 129])
def test_a_made_up_token_is_a_400(token: object) -> None:
    answer = visitor().post(ACCEPT, {"token": token}, format="json")
    assert answer.status_code == 400
