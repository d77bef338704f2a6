"""Changing a password, and replacing a forgotten one by mail."""

import re
from typing import Any

import pytest
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher
from django.core.mail import EmailMessage

from accounts.models import User
from accounts.services.tokens import tokens_issue
from tests.people import PASSWORD, new_user, owner, program, some_email, visitor

pytestmark = pytest.mark.django_db

CHANGE, FORGOTTEN = "/api/v1/auth/password/change/", "/api/v1/auth/password/reset/"
RESET, REFRESH = "/api/v1/auth/password/reset/confirm/", "/api/v1/auth/refresh/"
NEW = "battery horse correct"


def reset(token: str, password: str = NEW) -> Any:
    return visitor().post(RESET, {"token": token, "password": password}, format="json")


def forget(email: str) -> Any:
    return visitor().post(FORGOTTEN, {"email": email}, format="json")


def token_in(mail: EmailMessage) -> str:
    found = re.search(r"token is: (\S+)", str(mail.body))
    assert found
    return found[1]


def test_a_change_takes_the_old_password_and_signs_out_everywhere_else() -> None:
    ann = owner()
    elsewhere = tokens_issue(user=ann.user).refresh
    answer = ann.client.post(CHANGE, {"current_password": PASSWORD, "new_password": NEW}, format="json")
    assert answer.status_code == 200
    assert User.objects.get(id=ann.user.id).check_password(NEW)
    assert visitor().post(REFRESH, {"refresh": elsewhere}, format="json").status_code == 401
    here = answer.json()["refresh"]
    assert visitor().post(REFRESH, {"refresh": here}, format="json").status_code == 200


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        ({"current_password": "not mine", "new_password": NEW}, "current_password", "wrong"),
        ({"current_password": PASSWORD, "new_password": "short"}, "new_password", "password_too_short"),
        ({"current_password": PASSWORD}, "new_password", "required"),
    ],
)
def test_a_bad_change_names_the_field_and_changes_nothing(
    sent: dict[str, str], field: str, code: str
) -> None:
    ann = owner()
    answer = ann.client.post(CHANGE, sent, format="json")
    assert answer.status_code == 400
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
    assert User.objects.get(id=ann.user.id).check_password(PASSWORD)


def test_an_api_key_has_no_password_to_change() -> None:
    key = program(owner().workspace)
    answer = key.client.post(CHANGE, {"current_password": PASSWORD, "new_password": NEW}, format="json")
    assert answer.status_code == 403


@pytest.mark.usefixtures("worker")
def test_a_forgotten_password_is_replaced_with_the_token_from_the_mail(
    mailoutbox: list[EmailMessage],
) -> None:
    user = new_user()
    standing = tokens_issue(user=user).refresh
    assert forget(user.email.upper()).status_code == 202
    assert [mail.to for mail in mailoutbox] == [[user.email]]
    assert reset(token_in(mailoutbox[0])).status_code == 204
    assert User.objects.get(id=user.id).check_password(NEW)
    assert visitor().post(REFRESH, {"refresh": standing}, format="json").status_code == 401


@pytest.mark.usefixtures("worker")
def test_the_token_of_the_mail_works_once(mailoutbox: list[EmailMessage]) -> None:
    forget(new_user().email)
    token = token_in(mailoutbox[0])
    assert reset(token).status_code == 204
    again = reset(token, "yet another password")
    assert again.status_code == 400
    assert again.json()["errors"][0]["field"] == "token"


@pytest.mark.usefixtures("worker")
def test_known_unknown_and_closed_addresses_get_the_same_answer(mailoutbox: list[EmailMessage]) -> None:
    answers = [forget(email) for email in (new_user().email, some_email(), new_user(is_active=False).email)]
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert len({answer.content for answer in answers}) == 1
    assert len(mailoutbox) == 1


def test_known_and_unknown_addresses_cost_the_request_the_same_queries(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(BCryptSHA256PasswordHasher, "encode", lambda *_: hashed.append("once"))
    for email in (new_user().email, some_email()):
        with django_assert_num_queries(0):
            forget(email)
    assert hashed == []


@pytest.mark.parametrize("token", ["x", "-", "a" * 32 + "-b-c", "0" * 2000])
def test_a_made_up_token_is_refused(token: str) -> None:
    answer = reset(token)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "token"


@pytest.mark.usefixtures("worker")
def test_a_bad_new_password_does_not_spend_the_token(mailoutbox: list[EmailMessage]) -> None:
    forget(new_user().email)
    token = token_in(mailoutbox[0])
    assert reset(token, "short").json()["errors"][0]["field"] == "password"
    assert reset(token).status_code == 204
