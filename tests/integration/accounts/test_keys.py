"""API keys and write keys: shown once, limited to what their maker may do, ended by revocation."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import ApiKey, WriteKey
from accounts.rights import Right
from tests.people import Person, admin, analyst, client_with, owner, program, stranger

pytestmark = pytest.mark.django_db

API_KEYS, WRITE_KEYS = "/api/v1/api-keys/", "/api/v1/write-keys/"
ALL = ["read", "write", "events", "admin"]


def make(caller: Any, **fields: object) -> Any:
    return caller.client.post(API_KEYS, {"name": "Export", "scopes": ["read"], **fields}, format="json")


def nested(person: Person, url: str) -> str:
    return url.replace("/v1/", f"/v1/workspaces/{person.workspace.id}/")


def test_a_key_is_shown_once_and_then_known_by_its_beginning() -> None:
    ann = owner()
    made = make(ann)
    assert made.status_code == 201
    key = made.json()["key"]
    listed = ann.client.get(API_KEYS)
    assert listed.json()["results"][0]["prefix"] == key[:13]
    assert key not in listed.content.decode()


def test_the_database_does_not_know_the_key() -> None:
    key = make(owner()).json()["key"]
    row = ApiKey.objects.values().get()
    assert key not in {str(value) for value in row.values()}


def test_a_key_is_accepted_wherever_a_token_is() -> None:
    ann = owner()
    client = client_with(make(ann, scopes=ALL).json()["key"])
    assert client.get(f"/api/v1/workspaces/{ann.workspace.id}/").status_code == 200
    assert client.get(API_KEYS).status_code == 200


def test_a_key_does_what_its_scopes_say_and_no_more() -> None:
    ann = owner()
    client = client_with(make(ann, scopes=["read"]).json()["key"])
    assert client.get(API_KEYS).status_code == 200
    assert client.post(API_KEYS, {"name": "x", "scopes": ["read"]}, format="json").status_code == 403
    assert client.patch(f"/api/v1/workspaces/{ann.workspace.id}/", {}, format="json").status_code == 403


def test_a_revoked_key_is_refused_from_the_next_request_on() -> None:
    ann = owner()
    made = make(ann, scopes=ALL).json()
    client = client_with(made["key"])
    assert client.get(API_KEYS).status_code == 200
    assert ann.client.delete(f"{API_KEYS}{made['id']}/").status_code == 204
    assert client.get(API_KEYS).status_code == 401
    assert ann.client.delete(f"{API_KEYS}{made['id']}/").status_code == 204


def test_revoking_twice_keeps_the_first_date() -> None:
    ann = owner()
    made = make(ann).json()
    for _ in range(2):
        ann.client.delete(f"{API_KEYS}{made['id']}/")
        ApiKey.objects.filter(revoked_at__gt=datetime(2020, 1, 2, tzinfo=UTC)).update(
            revoked_at=datetime(2020, 1, 1, tzinfo=UTC)
        )
    assert ann.client.get(API_KEYS).json()["results"][0]["revoked_at"].startswith("2020-01-01")


def test_a_key_past_its_end_is_refused() -> None:
    key = program(owner().workspace, expires_at=timezone.now() - timedelta(seconds=1))
    assert key.client.get("/api/v1/workspaces/").status_code == 401


def test_a_program_makes_no_key_with_more_scopes_than_its_own() -> None:
    key = program(owner().workspace, [Right.ADMIN, Right.READ])
    assert make(key, scopes=["read", "write"]).status_code == 403
    assert make(key, scopes=["read"]).status_code == 201


def test_a_program_makes_no_key_that_outlives_it() -> None:
    end = timezone.now() + timedelta(days=1)
    key = program(owner().workspace, [Right.ADMIN, Right.READ], expires_at=end)
    later, sooner = (end + timedelta(hours=1)).isoformat(), (end - timedelta(hours=1)).isoformat()
    assert make(key).json()["errors"][0]["code"] == "too_late"
    assert make(key, expires_at=later).json()["errors"][0]["code"] == "too_late"
    assert make(key, expires_at=sooner).status_code == 201


def test_every_member_sees_which_keys_there_are_and_admins_make_and_end_them() -> None:
    boss = admin()
    ben = analyst(boss.workspace)
    for url in (API_KEYS, WRITE_KEYS):
        made = boss.client.post(url, {"name": "x", **scopes(url)}, format="json")
        assert made.status_code == 201
        assert len(ben.client.get(url).json()["results"]) == 1
        assert ben.client.post(url, {"name": "x", **scopes(url)}, format="json").status_code == 403
        assert ben.client.delete(f"{url}{made.json()['id']}/").status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["own"]}, "scopes.0"),
        ({"scopes": "read"}, "scopes"),
        ({"scopes": [{}]}, "scopes.0"),
        ({"scopes": ["read"] * 1000}, "scopes"),
        ({"name": None}, "name"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2099-01-01T00:00:00"}, "expires_at"),
        ({"expires_at": "0001-01-01T00:00:00+14:00"}, "expires_at"),
        ({"expires_at": 10**30}, "expires_at"),
        ({"key": "ca_key_mine"}, "key"),
    ],
)
def test_bad_input_is_named(change: dict[str, object], field: str) -> None:
    answer = make(owner(), **change)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


def test_a_write_key_is_shown_whenever_it_is_asked_for() -> None:
    ann = owner()
    made = ann.client.post(WRITE_KEYS, {"name": "Shop"}, format="json")
    assert made.status_code == 201
    assert made.json()["key"].startswith("ca_write_")
    assert ann.client.get(WRITE_KEYS).json()["results"] == [made.json()]


def test_a_write_key_opens_no_other_route() -> None:
    ann = owner()
    made = ann.client.post(WRITE_KEYS, {"name": "Shop"}, format="json").json()
    for url in (API_KEYS, WRITE_KEYS, "/api/v1/workspaces/", "/api/v1/auth/me/"):
        assert client_with(made["key"]).get(url).status_code == 401


@pytest.mark.parametrize("url", [API_KEYS, WRITE_KEYS])
def test_the_keys_of_a_named_workspace_are_the_same_keys(url: str) -> None:
    ann = owner()
    made = ann.client.post(nested(ann, url), {"name": "x", **scopes(url)}, format="json").json()
    assert ann.client.get(nested(ann, url)).json()["results"] == ann.client.get(url).json()["results"]
    assert ann.client.delete(f"{nested(ann, url)}{made['id']}/").status_code == 204


@pytest.mark.parametrize("url", [API_KEYS, WRITE_KEYS])
def test_a_stranger_neither_sees_nor_revokes_them(url: str) -> None:
    ann, eve = owner(), stranger()
    made = ann.client.post(url, {"name": "x", **scopes(url)}, format="json").json()
    assert eve.client.get(url).json()["results"] == []
    assert eve.client.get(nested(ann, url)).status_code == 404
    assert eve.client.delete(f"{url}{made['id']}/").status_code == 404
    assert eve.client.delete(f"{nested(ann, url)}{made['id']}/").status_code == 404
    assert not ApiKey.objects.exclude(revoked_at=None).exists()
    assert not WriteKey.objects.exclude(revoked_at=None).exists()


def scopes(url: str) -> dict[str, list[str]]:
    return {"scopes": ["read"]} if url == API_KEYS else {}
