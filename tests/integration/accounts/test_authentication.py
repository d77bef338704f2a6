"""From credentials to a caller: tokens, keys and sessions, and what each costs."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.caller_lookup import mark_used
from accounts.models import ApiKey
from accounts.rights import Right
from accounts.services.tokens import tokens_issue
from tests.people import client_with, owner, program, stranger, viewer, visitor

pytestmark = pytest.mark.django_db

KEYS = "/api/v1/write-keys/"


def browser_with_csrf(person: Any) -> tuple[Client, dict[str, str]]:
    """A browser that checks CSRF, and the header that a page of ours would send."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person.user)
    browser.get("/admin/login/")
    token = "a" * 32
    browser.cookies["csrftoken"] = token
    return browser, {"X-CSRFToken": token}


def test_authenticating_a_member_costs_one_query(django_assert_num_queries: Any) -> None:
    client = owner().client
    with django_assert_num_queries(2):  # the other one is the page of keys itself
        client.get(KEYS)


def test_authenticating_a_program_costs_one_query(django_assert_num_queries: Any) -> None:
    client = program(owner().workspace, [Right.READ], last_used_at=timezone.now()).client
    with django_assert_num_queries(2):
        client.get(KEYS)


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a.b.c",
        "Bearer ca_key_unknown",
        "Bearer ca_key_\xff",
        "Token x",
    ],
)
def test_credentials_that_are_none_get_a_401_with_a_challenge(header: str) -> None:
    answer = visitor().get(KEYS, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_token_signed_by_somebody_else_is_refused() -> None:
    access = tokens_issue(user=owner().user).access
    head, body, signature = access.split(".")
    forged = f"{head}.{body}.{signature[::-1]}"
    assert client_with(access).get(KEYS).status_code == 200
    assert client_with(forged).get(KEYS).status_code == 401


def test_who_signed_in_on_a_page_reads_the_api_as_a_member() -> None:
    ann = owner()
    assert ann.browser.get(KEYS).status_code == 200
    assert viewer().browser.get("/api/v1/auth/me/").json()["workspaces"][0]["role"] == "viewer"
    assert stranger().browser.get(f"/api/v1/workspaces/{ann.workspace.id}/").status_code == 404


def test_what_a_browser_sends_needs_a_csrf_token() -> None:
    browser, csrf = browser_with_csrf(owner())
    sent: dict[str, Any] = {"data": {"name": "Shop"}, "content_type": "application/json"}
    assert browser.post(KEYS, **sent).status_code == 403
    assert browser.post(KEYS, **sent, headers=csrf).status_code == 201


def test_a_session_of_a_closed_account_is_nobodys() -> None:
    ann = owner()
    browser = ann.browser
    ann.user.is_active = False
    ann.user.save()
    assert browser.get(KEYS).status_code == 401


def test_a_bearer_token_goes_before_the_session() -> None:
    ann, ben = owner(), owner()
    access = tokens_issue(user=ben.user).access
    me = ann.browser.get("/api/v1/auth/me/", headers={"Authorization": f"Bearer {access}"})
    assert me.json()["email"] == ben.user.email


def test_the_browsable_api_shows_who_is_signed_in_and_a_way_out() -> None:
    ann = owner()
    page = ann.browser.get(KEYS, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert ann.user.email in page.content.decode()
    assert "/api/browse/logout/" in page.content.decode()


def test_the_browsable_api_shows_a_visitor_the_way_in() -> None:
    page = visitor().get(KEYS, headers={"Accept": "text/html"})
    assert page.status_code == 401
    assert "/api/browse/login/" in page.content.decode()


@pytest.mark.parametrize("list_of", ["members", "invitations", "api-keys", "write-keys", ""])
def test_options_describe_a_route(list_of: str) -> None:
    ann = owner()
    url = f"/api/v1/workspaces/{ann.workspace.id}/{list_of}".rstrip("/") + "/"
    assert ann.client.options(url).status_code == 200


def test_the_first_use_of_a_key_is_noted() -> None:
    key = program(owner().workspace, [Right.READ])
    key.client.get(KEYS)
    key.api_key.refresh_from_db()
    assert key.api_key.last_used_at is not None


@pytest.mark.parametrize(("seconds_ago", "is_noted"), [(50, False), (70, True)])
def test_later_uses_are_noted_once_a_minute(seconds_ago: int, is_noted: bool) -> None:
    before = timezone.now() - timedelta(seconds=seconds_ago)
    key = program(owner().workspace, [Right.READ], last_used_at=before)
    key.client.get(KEYS)
    mark_used(key.api_key.id)
    key.api_key.refresh_from_db()
    assert (key.api_key.last_used_at != before) is is_noted


@pytest.mark.django_db(transaction=True)
def test_a_key_whose_row_is_locked_works_without_waiting() -> None:
    key = program(owner().workspace, [Right.READ])
    database = connection.get_connection_params()
    names = {"host", "port", "dbname", "user", "password"}
    with psycopg.connect(**{name: database[name] for name in names}) as other:
        other.execute("SELECT 1 FROM accounts_apikey WHERE id = %s FOR UPDATE", [key.api_key.id])
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")
        assert key.client.get(KEYS).status_code == 200
        assert ApiKey.objects.get(id=key.api_key.id).last_used_at is None
    key.client.get(KEYS)
    assert ApiKey.objects.get(id=key.api_key.id).last_used_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_use_that_cannot_be_noted_does_not_fail_the_request() -> None:
    key = program(owner().workspace, [Right.READ])
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        assert key.client.get(KEYS).status_code == 200
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")
    assert ApiKey.objects.get(id=key.api_key.id).last_used_at is None
