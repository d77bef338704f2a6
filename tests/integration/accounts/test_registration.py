"""POST /api/v1/auth/register: a newcomer gets an account, a workspace and a pair of tokens."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher
from django.db import connection

from accounts.models import Membership, User
from tests.people import PASSWORD, client_with, new_user, some_email, visitor

pytestmark = pytest.mark.django_db

URL = "/api/v1/auth/register/"


def test_a_newcomer_owns_a_workspace_and_is_signed_in() -> None:
    sent = {"email": "Ann@Example.com", "password": PASSWORD, "name": "Ann", "workspace_name": "Acme"}
    answer = visitor().post(URL, sent, format="json")
    body = answer.json()
    assert answer.status_code == 201
    assert body["user"]["email"] == "ann@example.com"
    assert body["user"]["workspaces"] == [{"id": body["workspace"]["id"], "name": "Acme", "role": "owner"}]
    assert body["workspace"]["timezone"] == "UTC"
    assert client_with(body["access"]).get("/api/v1/auth/me/").json() == body["user"]


def test_name_and_workspace_may_be_left_out() -> None:
    answer = visitor().post(URL, {"email": "ben@example.com", "password": PASSWORD}, format="json")
    assert answer.status_code == 201
    assert answer.json()["workspace"]["name"] == "ben's workspace"


def test_the_password_is_kept_as_a_bcrypt_hash() -> None:
    email = some_email()
    visitor().post(URL, {"email": email, "password": PASSWORD}, format="json")
    assert User.objects.get(email=email).password.startswith("bcrypt_sha256$")


def test_a_taken_address_gets_a_conflict_that_names_no_field() -> None:
    taken = new_user()
    answer = visitor().post(URL, {"email": taken.email.upper(), "password": PASSWORD}, format="json")
    assert answer.status_code == 409
    assert answer.json()["code"] == "conflict"
    assert "errors" not in answer.json()
    assert taken.email not in answer.content.decode()
    assert not Membership.objects.filter(user=taken).exists()


def test_known_and_unknown_addresses_cost_one_hash_each(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    encode = BCryptSHA256PasswordHasher.encode

    def counted(self: BCryptSHA256PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    taken = new_user().email
    monkeypatch.setattr(BCryptSHA256PasswordHasher, "encode", counted)
    for email in (taken, some_email()):
        hashed.clear()
        visitor().post(URL, {"email": email, "password": PASSWORD}, format="json")
        assert hashed == [PASSWORD]


@pytest.mark.django_db(transaction=True)
def test_of_many_that_register_one_address_at_once_one_gets_it_and_nobody_an_error() -> None:
    email = some_email()

    def register(_: int) -> int:
        try:
            return int(visitor().post(URL, {"email": email, "password": PASSWORD}, format="json").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(register, range(4))) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"email": "nobody"}, "email", "invalid"),
        ({"email": 12}, "email", "invalid"),
        ({"email": "a\x00@example.com"}, "email", "invalid"),
        ({"email": "a" * 250 + "@example.com"}, "email", "max_length"),
        ({"email": None}, "email", "null"),
        ({"password": "short"}, "password", "password_too_short"),
        ({"password": "password123"}, "password", "password_too_common"),
        ({"password": "ann-somewhere@example.com"}, "password", "password_too_similar"),
        ({"password": ["a", "list"]}, "password", "invalid"),
        ({"password": "x" * 257}, "password", "max_length"),
        ({"name": "x" * 151}, "name", "max_length"),
        ({"name": "a\x00b"}, "name", "null_characters_not_allowed"),
        ({"admin": True}, "admin", "unknown_field"),
    ],
)
def test_bad_input_is_named(change: dict[str, object], field: str, code: str) -> None:
    sent = {"email": "ann-somewhere@example.com", "password": PASSWORD} | change
    answer = visitor().post(URL, sent, format="json")
    assert answer.status_code == 400
    assert (field, code) in {(error["field"], error["code"]) for error in answer.json()["errors"]}


@pytest.mark.parametrize("body", [b'{"email": "\\ud800@example.com"}', b"{", b"[]", b'"text"', b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    answer = visitor().post(URL, body, content_type="application/json")
    assert answer.status_code == 400
