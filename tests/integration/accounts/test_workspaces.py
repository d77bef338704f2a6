"""Workspaces: whose they are, who sees them and who may change them."""

from uuid import uuid4

import pytest

from accounts.rights import Right
from tests.people import Person, admin, analyst, owner, program, stranger, viewer

pytestmark = pytest.mark.django_db

URL = "/api/v1/workspaces/"


def url_of(person: Person) -> str:
    return f"{URL}{person.workspace.id}/"


def test_a_person_sees_their_own_workspaces_alone() -> None:
    ann = owner()
    stranger()
    assert [row["id"] for row in ann.client.get(URL).json()["results"]] == [str(ann.workspace.id)]


def test_a_program_sees_the_workspace_it_belongs_to() -> None:
    key = program(owner().workspace)
    rows = key.client.get(URL).json()["results"]
    assert [row["id"] for row in rows] == [str(key.api_key.workspace_id)]


def test_whoever_creates_a_workspace_owns_it() -> None:
    ann = viewer()
    sent = {"name": "Second", "timezone": "Europe/Berlin", "currency": "USD"}
    created = ann.client.post(URL, sent, format="json")
    assert created.status_code == 201
    assert sent.items() <= created.json().items()
    assert ann.client.get(created["Location"]).json() == created.json()
    assert {"id": created.json()["id"], "name": "Second", "role": "owner"} in (
        ann.client.get("/api/v1/auth/me/").json()["workspaces"]
    )


def test_a_program_owns_nothing() -> None:
    key = program(owner().workspace, [Right.READ, Right.ADMIN])
    assert key.client.post(URL, {"name": "Mine"}, format="json").status_code == 403


def test_admins_change_it_and_others_only_read_it() -> None:
    ann = owner()
    for person, status in ((ann, 200), (admin(ann.workspace), 200), (analyst(ann.workspace), 403)):
        assert person.client.patch(url_of(ann), {"currency": "GBP"}, format="json").status_code == status
    assert viewer(ann.workspace).client.get(url_of(ann)).json()["currency"] == "GBP"


def test_a_change_leaves_alone_what_it_does_not_name() -> None:
    ann = owner()
    changed = ann.client.patch(url_of(ann), {"timezone": "Asia/Kolkata"}, format="json").json()
    assert (changed["name"], changed["timezone"], changed["currency"]) == ("Acme", "Asia/Kolkata", "EUR")


@pytest.mark.parametrize("method", ["get", "patch"])
def test_a_stranger_learns_nothing_not_even_that_it_exists(method: str) -> None:
    ann, eve = owner(), stranger()
    there = getattr(eve.client, method)(url_of(ann), {}, format="json")
    nowhere = getattr(eve.client, method)(f"{URL}{uuid4()}/", {}, format="json")
    assert there.status_code == nowhere.status_code == 404
    assert there.json()["detail"] == nowhere.json()["detail"]


def test_a_foreign_program_gets_the_same_404() -> None:
    key = program(stranger().workspace, [Right.READ, Right.ADMIN])
    assert key.client.get(url_of(owner())).status_code == 404


def test_the_path_decides_the_workspace_and_not_the_header() -> None:
    ann = owner()
    second = ann.client.post(URL, {"name": "Second"}, format="json").json()["id"]
    answer = ann.client.get(url_of(ann), headers={"X-Workspace": second})
    assert answer.json()["id"] == str(ann.workspace.id)


def test_the_header_decides_where_the_path_is_silent() -> None:
    ann = owner()
    second = ann.client.post(URL, {"name": "Second"}, format="json").json()["id"]
    ann.client.post("/api/v1/write-keys/", {"name": "x"}, format="json", headers={"X-Workspace": second})
    assert ann.client.get("/api/v1/write-keys/").json()["results"] == []
    listed = ann.client.get("/api/v1/write-keys/", headers={"X-Workspace": second})
    assert len(listed.json()["results"]) == 1


@pytest.mark.parametrize(
    ("header", "status"), [("nonsense", 400), ("0f8fad5b-d9cb-469f-a165-70867728950e", 404)]
)
def test_a_header_that_names_no_workspace_of_mine_is_refused(header: str, status: int) -> None:
    answer = owner().client.get("/api/v1/write-keys/", headers={"X-Workspace": header})
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        ({}, "name", "required"),
        ({"name": ""}, "name", "blank"),
        ({"name": "x", "currency": "EURO"}, "currency", "invalid_choice"),
        ({"name": "x", "currency": "XXX"}, "currency", "invalid_choice"),
        ({"name": "x", "timezone": "Mars/Olympus"}, "timezone", "invalid_choice"),
        ({"name": "x", "timezone": 3}, "timezone", "invalid"),
        ({"name": "x", "owner": "me"}, "owner", "unknown_field"),
    ],
)
def test_bad_input_is_named(sent: dict[str, object], field: str, code: str) -> None:
    answer = owner().client.post(URL, sent, format="json")
    assert answer.status_code == 400
    assert (field, code) in {(error["field"], error["code"]) for error in answer.json()["errors"]}
