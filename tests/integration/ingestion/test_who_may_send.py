"""Who may send events: by token, API key or write key, and nobody by less."""

from typing import Any

import pytest
from django.test import RequestFactory
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from accounts.models import WriteKey
from accounts.rights import Right
from accounts.services.keys import key_revoke, write_key_create
from api import throttles
from api.addresses import client_network
from ingestion.eventlog.base import EventLog
from tests.integration.ingestion.event_calls import (
    EVENTS,
    campaign_of,
    metric,
    on_the_log,
    post,
    send,
    send_lines,
)
from tests.people import (
    admin,
    analyst,
    client_with,
    new_user,
    new_workspace,
    owner,
    program,
    some_address,
    viewer,
    visitor,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def write_key() -> WriteKey:
    """Of a workspace that has the campaign `cmp-1`."""
    workspace = new_workspace()
    campaign_of(workspace)
    return write_key_create(workspace_id=workspace.id, name="Shop")


@pytest.mark.parametrize("member", [owner, admin, analyst])
def test_members_who_may_write_may_send(log: EventLog, member: Any) -> None:
    person = member()
    campaign_of(person.workspace)
    assert send(person.client, metric()).status_code == 202


def test_a_viewer_may_not(log: EventLog) -> None:
    assert send(viewer().client, metric()).status_code == 403


def test_a_key_needs_the_scope(log: EventLog) -> None:
    without = program(new_workspace(), [Right.READ, Right.WRITE, Right.ADMIN])
    assert send(without.client, metric()).status_code == 403


def test_somebody_without_a_workspace_may_not(log: EventLog) -> None:
    client = APIClient(REMOTE_ADDR=some_address())
    client.force_login(new_user())
    assert send(client, metric()).status_code == 403


@pytest.mark.parametrize("body", [b"{", b"", b'{"write_key": 5}', b'{"write_key": null}', b"\x00"])
def test_without_credentials_it_is_a_401_whatever_the_body_is(log: EventLog, body: bytes) -> None:
    answer = post(visitor(), body)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def in_header(key: str) -> Any:
    return send(visitor(), metric(), **{"X-Write-Key": key})


def as_bearer(key: str) -> Any:
    return send(client_with(key), metric())


def in_query(key: str) -> Any:
    return visitor().post(f"{EVENTS}?write_key={key}", metric(), format="json")


def in_an_event(key: str) -> Any:
    return send(visitor(), metric(write_key=key))


def in_a_batch(key: str) -> Any:
    return send(visitor(), {"write_key": key, "events": [metric()]})


def on_a_line(key: str) -> Any:
    return send_lines(visitor(), metric(write_key=key))


EVERY_PLACE = [in_header, as_bearer, in_query, in_an_event, in_a_batch, on_a_line]


@pytest.mark.parametrize("call", EVERY_PLACE)
def test_a_write_key_sends_from_wherever_it_stands(log: EventLog, write_key: WriteKey, call: Any) -> None:
    assert call(write_key.key).status_code == 202
    assert [event.workspace_id for event in on_the_log(log)] == [write_key.workspace_id]


@pytest.mark.parametrize("call", EVERY_PLACE)
def test_a_write_key_that_is_revoked_or_none_is_a_401(log: EventLog, write_key: WriteKey, call: Any) -> None:
    key_revoke(kind=WriteKey, workspace_id=write_key.workspace_id, key_id=write_key.id)
    for key in (write_key.key, "ca_write_unknown", "ca_write_" + "x" * 40):
        answer = call(key)
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")
    assert on_the_log(log) == []


@pytest.mark.parametrize(("place", "name"), [("header", "X-Write-Key"), ("query", "write_key")])
def test_the_openapi_file_names_each_place_outside_the_body(place: str, name: str) -> None:
    file = SchemaGenerator().get_schema(public=True)
    ways = [way for ways in file["paths"][EVENTS]["post"]["security"] for way in ways]
    schemes = [file["components"]["securitySchemes"][way] for way in ways]
    assert (place, name) in [(scheme.get("in"), scheme.get("name")) for scheme in schemes]


def test_a_key_with_nul_in_it_is_no_key(log: EventLog) -> None:
    assert in_a_batch("ca_write_\0").status_code == 401


def test_a_credential_of_ones_own_counts_before_a_key_in_the_body(log: EventLog, write_key: WriteKey) -> None:
    sender = program(new_workspace(), [Right.EVENTS])
    campaign_of(sender.api_key.workspace)
    assert send(sender.client, {"write_key": write_key.key, "events": [metric()]}).status_code == 202
    assert [event.workspace_id for event in on_the_log(log)] == [sender.api_key.workspace_id]


def test_a_write_key_belongs_to_one_workspace(log: EventLog, write_key: WriteKey) -> None:
    for chosen, status in ((write_key.workspace_id, 202), (new_workspace().id, 404)):
        headers = {"X-Write-Key": write_key.key, "X-Workspace": str(chosen)}
        assert send(visitor(), metric(), **headers).status_code == status


def test_a_batch_is_one_request_of_the_budget(log: EventLog, write_key: WriteKey) -> None:
    client = client_with(write_key.key)
    left = [send(client, {"events": [metric()] * 100})["RateLimit-Remaining"] for _ in range(2)]
    assert int(left[0]) - int(left[1]) in {0, 1}  # the budget refills meanwhile


def test_who_spends_a_public_keys_budget_spends_nobody_elses(log: EventLog, write_key: WriteKey) -> None:
    spender = client_with(write_key.key)
    network = client_network(RequestFactory(**spender.defaults).get("/"))
    identity = f"write_key:{write_key.id}:{network}"
    limit = int(send(spender, metric())["RateLimit-Limit"])
    status = 202
    while status == 202:  # some of it comes back while the server is slow
        while throttles.spend(identity, limit).allowed:
            pass
        status = send(spender, metric()).status_code
    assert status == 429
    assert send(client_with(write_key.key), metric()).status_code == 202


@pytest.mark.parametrize(
    ("body", "headers", "why"),
    [
        (b"{broken", {}, "The body is not JSON"),
        (b"no gzip", {"Content-Encoding": "gzip"}, "The body is not gzip"),
        (b"", {}, "There is no body"),
    ],
)
def test_who_is_signed_in_on_a_page_is_told_why_a_body_cannot_be_read(
    body: bytes, headers: dict[str, str], why: str
) -> None:
    browser = admin().browser
    answer = browser.generic("POST", EVENTS, body, "application/json", headers=headers)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(why)
