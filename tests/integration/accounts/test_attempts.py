"""How often somebody may try: by address and by e-mail, at every door."""

from collections.abc import Callable
from itertools import count, cycle
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.services.tokens import tokens_issue
from runtime.config import configuration
from tests.people import PASSWORD, client_with, new_user, owner, some_address, some_email, staff, visitor

pytestmark = pytest.mark.django_db

LIMIT = configuration().rate_limits.sign_in_per_minute
# What is sent beside the e-mail, and the answer to whoever may still try.
DOORS: dict[str, tuple[dict[str, str], int]] = {
    "/api/v1/auth/login/": ({"password": PASSWORD}, 401),
    "/api/v1/auth/register/": ({"password": "short"}, 400),
    "/api/v1/auth/password/reset/": ({}, 202),
}
TO_FULL_WIDTH = ord("\N{FULLWIDTH LATIN SMALL LETTER A}") - ord("a")
SIGN_IN_PAGES = ["/admin/login/", "/api/browse/login/"]


def refused_at_last(attempt: Callable[[], Any], allowed: int) -> Any:
    """The 429 after LIMIT answers or more: a budget refills while a slow machine spends it."""
    for number in range(5 * LIMIT):
        answer = attempt()
        if answer.status_code == 429:
            assert number >= LIMIT
            return answer
        assert answer.status_code == allowed
    pytest.fail("Nobody was refused.")


@pytest.mark.parametrize("door", DOORS)
def test_an_address_that_tries_too_often_has_to_wait(door: str) -> None:
    client, (sent, allowed) = visitor(), DOORS[door]
    refused = refused_at_last(
        lambda: client.post(door, {"email": some_email(), **sent}, format="json"), allowed
    )
    assert refused.json()["code"] == "rate_limited"
    assert int(refused["Retry-After"]) >= 1


@pytest.mark.parametrize("door", DOORS)
def test_an_email_that_is_tried_from_everywhere_has_to_wait_too(door: str) -> None:
    email, (sent, allowed) = some_email(), DOORS[door]
    spelled = cycle([email, email.upper()])
    refused_at_last(lambda: visitor().post(door, {"email": next(spelled), **sent}, format="json"), allowed)


def test_one_address_does_not_spend_for_another() -> None:
    for _ in range(LIMIT + 1):
        visitor().post("/api/v1/auth/login/", {"email": some_email(), "password": "wrong"}, format="json")
    sent = {"email": new_user().email, "password": PASSWORD}
    assert visitor().post("/api/v1/auth/login/", sent, format="json").status_code == 200


def test_the_addresses_of_one_ipv6_network_count_as_one() -> None:
    network, numbers = some_address().removesuffix("1"), count(1)

    def attempt() -> Any:
        neighbour = APIClient(REMOTE_ADDR=f"{network}{next(numbers):x}")
        return neighbour.post(
            "/api/v1/auth/login/", {"email": some_email(), "password": "wrong"}, format="json"
        )

    refused_at_last(attempt, 401)


def test_spending_invitations_is_limited_by_address() -> None:
    client, sent = visitor(), {"token": "guess", "password": PASSWORD}
    refused_at_last(lambda: client.post("/api/v1/invitations/accept/", sent, format="json"), 400)


def test_guessing_the_old_password_with_a_stolen_token_is_limited() -> None:
    client = client_with(tokens_issue(user=owner().user).access)
    sent = {"current_password": "guess", "new_password": "battery horse correct"}
    refused_at_last(lambda: client.post("/api/v1/auth/password/change/", sent, format="json"), 400)


def test_guessing_the_old_password_with_a_stolen_session_is_limited() -> None:
    sessions = staff().browser.cookies

    def attempt() -> Any:
        browser = Client(REMOTE_ADDR=some_address())
        browser.cookies = sessions
        return browser.post("/admin/password_change/", {"old_password": "guess"})

    assert int(refused_at_last(attempt, 200)["Retry-After"]) >= 1


@pytest.mark.parametrize("page", SIGN_IN_PAGES)
def test_the_sign_in_pages_are_limited_by_address(page: str) -> None:
    browser = Client(REMOTE_ADDR=some_address())
    refused = refused_at_last(
        lambda: browser.post(page, {"username": some_email(), "password": "wrong"}), 200
    )
    assert refused["Retry-After"] == "60"
    assert browser.get(page).status_code == 200


@pytest.mark.parametrize("page", SIGN_IN_PAGES)
def test_the_sign_in_pages_are_limited_by_email_however_it_is_spelled(page: str) -> None:
    email = some_email("person")
    spelled = cycle([email.replace(letter, chr(ord(letter) + TO_FULL_WIDTH), 1) for letter in "person"])

    def attempt() -> Any:
        sent = {"username": next(spelled), "password": "wrong"}
        return Client(REMOTE_ADDR=some_address()).post(page, sent)

    refused_at_last(attempt, 200)


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
