"""Signing in, staying signed in and signing out with tokens."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher
from django.db import connection
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from accounts.services.tokens import tokens_issue
from accounts.services.users import user_activate, user_deactivate
from tests.people import PASSWORD, client_with, new_user, owner, some_email, visitor

pytestmark = pytest.mark.django_db

ME = "/api/v1/auth/me/"
LOGIN, REFRESH, LOGOUT = "/api/v1/auth/login/", "/api/v1/auth/refresh/", "/api/v1/auth/logout/"


def sign_in(email: str, password: str = PASSWORD) -> Any:
    return visitor().post(LOGIN, {"email": email, "password": password}, format="json")


def refresh(token: str) -> Any:
    return visitor().post(REFRESH, {"refresh": token}, format="json")


def test_the_right_password_gets_a_pair_of_tokens_and_the_user() -> None:
    ann = owner()
    body = sign_in(ann.user.email.upper()).json()
    assert set(body) == {"access", "refresh", "user"}
    assert body["user"]["id"] == str(ann.user.id)
    assert client_with(body["access"]).get("/api/v1/auth/me/").status_code == 200


def test_an_access_token_lives_five_minutes_at_most() -> None:
    body = sign_in(new_user().email).json()
    assert AccessToken(body["access"]).lifetime <= timedelta(minutes=5)
    claims = AccessToken(body["access"]).payload
    assert claims["exp"] - claims["iat"] <= 300


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer() -> None:
    wrong, unknown = sign_in(new_user().email, "wrong password"), sign_in(some_email())
    assert wrong.status_code == unknown.status_code == 401
    assert {**wrong.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}
    assert wrong["WWW-Authenticate"] == unknown["WWW-Authenticate"]


def test_known_and_unknown_addresses_cost_one_hash_each(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    encode = BCryptSHA256PasswordHasher.encode

    def counted(self: BCryptSHA256PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    known, inactive = new_user(), new_user(is_active=False)
    monkeypatch.setattr(BCryptSHA256PasswordHasher, "encode", counted)
    for email in (known.email, inactive.email, some_email()):
        hashed.clear()
        sign_in(email, "wrong password")
        assert hashed == ["wrong password"]


def test_a_deactivated_user_cannot_sign_in_and_their_access_token_ends_at_once() -> None:
    ann = owner()
    client = ann.client
    assert client.get("/api/v1/auth/me/").status_code == 200
    user_deactivate(user=ann.user)
    assert client.get("/api/v1/auth/me/").status_code == 401
    assert sign_in(ann.user.email).status_code == 401


def test_a_refresh_token_is_traded_for_a_new_pair_once() -> None:
    first = sign_in(new_user().email).json()["refresh"]
    second = refresh(first)
    assert second.status_code == 200
    assert set(second.json()) == {"access", "refresh"}
    assert refresh(first).status_code == 401
    assert refresh(second.json()["refresh"]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_many_that_trade_the_same_token_at_once_exactly_one_wins() -> None:
    token = tokens_issue(user=new_user()).refresh

    def trade(_: int) -> int:
        try:
            return int(refresh(token).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(trade, range(8)))
    assert statuses == [200] + [401] * 7


def test_signing_out_ends_the_refresh_token_at_once_and_twice_is_fine() -> None:
    token = sign_in(new_user().email).json()["refresh"]
    assert visitor().post(LOGOUT, {"refresh": token}, format="json").status_code == 204
    assert refresh(token).status_code == 401
    assert visitor().post(LOGOUT, {"refresh": token}, format="json").status_code == 204


def test_deactivation_ends_every_token_and_session_for_good() -> None:
    ann = owner()
    pair, browser = tokens_issue(user=ann.user), ann.browser
    bearer = client_with(pair.access)
    assert bearer.get(ME).status_code == browser.get(ME).status_code == 200
    user_deactivate(user=ann.user)
    user_activate(user=ann.user)
    statuses = {bearer.get(ME).status_code, browser.get(ME).status_code, refresh(pair.refresh).status_code}
    assert statuses == {401}


def test_whoever_is_let_in_again_signs_in_as_before() -> None:
    ann = owner()
    user_deactivate(user=ann.user)
    user_activate(user=ann.user)
    body = sign_in(ann.user.email).json()
    assert client_with(body["access"]).get(ME).status_code == 200
    assert refresh(body["refresh"]).status_code == 200
    assert ann.browser.get(ME).status_code == 200


def test_a_password_changed_anywhere_ends_every_refresh_token() -> None:
    user = new_user()
    token = tokens_issue(user=user).refresh
    user.set_password("another good password")
    user.save()
    assert refresh(token).status_code == 401


def test_an_access_token_is_no_refresh_token_and_the_other_way_round() -> None:
    ann = owner()
    pair = tokens_issue(user=ann.user)
    assert refresh(pair.access).status_code == 401
    assert client_with(pair.refresh).get("/api/v1/auth/me/").status_code == 401


def test_forged_and_foreign_refresh_tokens_are_refused() -> None:
    unsigned = tokens_issue(user=new_user()).refresh.rpartition(".")[0] + "."
    of_nobody = RefreshToken()
    of_nobody["user_id"] = "0b8f6b1c-7a52-4b4f-9f0b-2f3f0d3f8a11"
    for token in (unsigned, str(of_nobody), "x", "a.b.c"):
        assert refresh(token).status_code == 401


def test_no_refresh_token_can_be_read_in_the_database() -> None:
    user = new_user()
    token = tokens_issue(user=user).refresh
    assert OutstandingToken.objects.get(user=user).token != token


def test_expired_credentials_are_refused() -> None:
    ann = owner()
    access = AccessToken.for_user(ann.user)
    access.set_exp(lifetime=-timedelta(seconds=1))
    assert client_with(str(access)).get("/api/v1/auth/me/").status_code == 401


def test_me_tells_who_one_is_and_takes_a_new_name() -> None:
    ann = owner()
    assert ann.client.patch("/api/v1/auth/me/", {"name": "Ann"}, format="json").json()["name"] == "Ann"
    me = ann.client.get("/api/v1/auth/me/").json()
    assert me["name"] == "Ann"
    assert me["workspaces"] == [{"id": str(ann.workspace.id), "name": "Acme", "role": "owner"}]


def test_me_asks_for_somebody() -> None:
    answer = visitor().get("/api/v1/auth/me/")
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"
