"""How often somebody may try: by address and by e-mail, at every door."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.services.tokens import tokens_issue
from runtime.config import configuration
from tests.people import PASSWORD, client_with, new_user, owner, some_address, some_email, staff, visitor

pytestmark = pytest.mark.django_db

LIMIT = configuration().rate_limits.sign_in_per_minute
DOORS = {
    "/api/v1/auth/login/": {"password": PASSWORD},
    "/api/v1/auth/register/": {"password": "short"},
    "/api/v1/auth/password/reset/": {},
}
SIGN_IN_PAGES = ["/admin/login/", "/api/browse/login/"]


@pytest.mark.parametrize("door", DOORS)
def test_an_address_that_tries_too_often_has_to_wait(door: str) -> None:
    client = visitor()
    statuses = [
        client.post(door, {"email": some_email(), **DOORS[door]}, format="json").status_code
        for _ in range(LIMIT)
    ]
    assert 429 not in statuses
    refused = client.post(door, {"email": some_email(), **DOORS[door]}, format="json")
    assert refused.status_code == 429
    assert refused.json()["code"] == "rate_limited"
    assert int(refused["Retry-After"]) >= 1


@pytest.mark.parametrize("door", DOORS)
def test_an_email_that_is_tried_from_everywhere_has_to_wait_too(door: str) -> None:
    email = some_email()
    for spelled in [email, email.upper()] * (LIMIT // 2):
        visitor().post(door, {"email": spelled, **DOORS[door]}, format="json")
    refused = visitor().post(door, {"email": email, **DOORS[door]}, format="json")
    assert refused.status_code == 429


def test_one_address_does_not_spend_for_another() -> None:
    for _ in range(LIMIT + 1):
        visitor().post("/api/v1/auth/login/", {"email": some_email(), "password": "wrong"}, format="json")
    sent = {"email": new_user().email, "password": PASSWORD}
    assert visitor().post("/api/v1/auth/login/", sent, format="json").status_code == 200


def test_the_addresses_of_one_ipv6_network_count_as_one() -> None:
    network = some_address().removesuffix("1")
    statuses = [
        APIClient(REMOTE_ADDR=f"{network}{number:x}")
        .post("/api/v1/auth/login/", {"email": some_email(), "password": "wrong"}, format="json")
        .status_code
        for number in range(1, LIMIT + 2)
    ]
    assert statuses == [401] * LIMIT + [429]


def test_spending_invitations_is_limited_by_address() -> None:
    client = visitor()
    sent = {"token": "guess", "password": PASSWORD}
    statuses = [
        client.post("/api/v1/invitations/accept/", sent, format="json").status_code for _ in range(LIMIT + 1)
    ]
    assert statuses == [400] * LIMIT + [429]


def test_guessing_the_old_password_with_a_stolen_token_is_limited() -> None:
    access = tokens_issue(user=owner().user).access
    sent = {"current_password": "guess", "new_password": "battery horse correct"}
    statuses = [
        client_with(access).post("/api/v1/auth/password/change/", sent, format="json").status_code
        for _ in range(LIMIT + 1)
    ]
    assert statuses == [400] * LIMIT + [429]


@pytest.mark.parametrize("page", SIGN_IN_PAGES)
def test_the_sign_in_pages_are_limited_by_address(page: str) -> None:
    browser = Client(REMOTE_ADDR=some_address())
    for _ in range(LIMIT):
        sent = {"username": some_email(), "password": "wrong"}
        assert browser.post(page, sent).status_code == 200
    refused = browser.post(page, {"username": some_email(), "password": "wrong"})
    assert refused.status_code == 429
    assert refused["Retry-After"] == "60"
    assert browser.get(page).status_code == 200


def test_the_sign_in_pages_are_limited_by_email() -> None:
    email = some_email()
    for _ in range(LIMIT):
        Client(REMOTE_ADDR=some_address()).post("/admin/login/", {"username": email, "password": "wrong"})
    refused = Client(REMOTE_ADDR=some_address()).post("/admin/login/", {"username": email, "password": "x"})
    assert refused.status_code == 429


@pytest.mark.parametrize("page", SIGN_IN_PAGES)
def test_the_sign_in_pages_let_people_in(page: str) -> None:
    ops, browser = staff(), Client(REMOTE_ADDR=some_address())
    sent = {"username": ops.user.email, "password": PASSWORD, "next": "/api/v1/workspaces/"}
    assert browser.post(page, sent)["Location"] == "/api/v1/workspaces/"
    assert browser.get("/api/v1/workspaces/").status_code == 200


@pytest.mark.usefixtures("dead_cache_server")
def test_nobody_signs_in_while_attempts_cannot_be_counted() -> None:
    sent = {"email": new_user().email, "password": PASSWORD}
    answer = visitor().post("/api/v1/auth/login/", sent, format="json")
    assert answer.status_code == 503
    assert "Retry-After" in answer


@pytest.mark.usefixtures("dead_cache_server")
@pytest.mark.parametrize("page", SIGN_IN_PAGES)
def test_nor_on_a_page(page: str) -> None:
    answer = Client().post(page, {"username": new_user().email, "password": PASSWORD})
    assert answer.status_code == 503
    assert "Retry-After" in answer


@pytest.mark.usefixtures("dead_cache_server")
def test_whoever_is_in_goes_on_meanwhile() -> None:
    ann: Any = owner()
    assert ann.client.get("/api/v1/workspaces/").status_code == 200
