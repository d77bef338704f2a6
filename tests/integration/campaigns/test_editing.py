"""Two editors of one campaign never overwrite each other unseen."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from campaigns.models import Connection
from tests import people
from tests.integration.campaigns.campaign_calls import CAMPAIGNS, address, created
from tests.integration.campaigns.connection_calls import address as connection_address
from tests.integration.campaigns.connection_calls import connected
from tests.people import Person

EDITORS = 6


@pytest.mark.django_db
def test_an_edit_of_what_is_newest_is_taken_and_tells_the_new_etag() -> None:
    analyst = people.analyst()
    created(analyst)
    known = analyst.client.get(address("cmp-1"))["ETag"]
    headers = {"If-Match": known}
    response = analyst.client.patch(address("cmp-1"), {"name": "B"}, format="json", headers=headers)
    assert response.status_code == 200
    assert response["ETag"] != known
    assert response["ETag"] == analyst.client.get(address("cmp-1"))["ETag"]


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_an_edit_of_what_is_history_is_refused_and_changes_nothing(method: str) -> None:
    analyst = people.analyst()
    created(analyst)
    old = analyst.client.get(address("cmp-1"))["ETag"]
    analyst.client.patch(address("cmp-1"), {"name": "Newer"}, format="json")
    body = {"name": "Mine", "platform": "meta"}
    response = getattr(analyst.client, method)(
        address("cmp-1"), body, format="json", headers={"If-Match": old}
    )
    assert (response.status_code, response.json()["code"]) == (412, "precondition_failed")
    assert response["ETag"] == analyst.client.get(address("cmp-1"))["ETag"]
    assert analyst.client.get(address("cmp-1")).json()["name"] == "Newer"


@pytest.mark.django_db
def test_who_matches_anything_edits_whatever_stands() -> None:
    analyst = people.analyst()
    created(analyst)
    response = analyst.client.patch(address("cmp-1"), {"name": "B"}, format="json", headers={"If-Match": "*"})
    assert response.status_code == 200


@pytest.mark.django_db
def test_a_refused_edit_leaves_the_version_as_it_was() -> None:
    analyst = people.analyst()
    created(analyst)
    analyst.client.patch(
        address("cmp-1"), {"end_date": "2026-01-01", "start_date": "2026-01-02"}, format="json"
    )
    assert analyst.client.get(address("cmp-1")).json()["version"] == 1


@pytest.mark.django_db(transaction=True)
def test_of_editors_who_saw_the_same_state_exactly_one_wins() -> None:
    analyst = people.analyst()
    created(analyst)
    etag = analyst.client.get(address("cmp-1"))["ETag"]
    start = Barrier(EDITORS)

    def edit(number: int) -> int:
        start.wait()
        client, body = analyst.client, {"name": f"Editor {number}"}
        response = client.patch(address("cmp-1"), body, format="json", headers={"If-Match": etag})
        connection.close()
        return int(response.status_code)

    with ThreadPoolExecutor(EDITORS) as pool:
        outcomes = list(pool.map(edit, range(EDITORS)))
    assert sorted(outcomes) == [200] + [412] * (EDITORS - 1)
    body = analyst.client.get(address("cmp-1")).json()
    assert (body["version"], body["name"]) == (2, f"Editor {outcomes.index(200)}")


@pytest.mark.django_db(transaction=True)
def test_editors_of_different_fields_who_expect_nothing_all_have_their_say() -> None:
    analyst = people.analyst()
    created(analyst)
    edits = [{"name": "New"}, {"objective": "sales"}, {"tags": ["a"]}, {"status": "active"}]
    start = Barrier(len(edits))

    def edit(body: dict[str, object]) -> int:
        start.wait()
        response = analyst.client.patch(address("cmp-1"), body, format="json")
        connection.close()
        return int(response.status_code)

    with ThreadPoolExecutor(len(edits)) as pool:
        assert list(pool.map(edit, edits)) == [200] * len(edits)
    body = analyst.client.get(address("cmp-1")).json()
    assert (body["name"], body["objective"], body["tags"]) == ("New", "sales", ["a"])
    assert (body["status"], body["version"]) == ("active", 1 + len(edits))


@pytest.mark.django_db(transaction=True)
def test_an_ad_account_is_not_removed_under_a_campaign_that_is_just_being_created() -> None:
    admin = people.admin()
    for number in range(4):
        account = connected(admin, external_account_id=f"act_{number}")
        start = Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            creating = pool.submit(_create_in, admin, account, start)
            removing = pool.submit(_remove, admin, account, start)
        assert (creating.result(), removing.result()) in {(201, 409), (400, 204)}


def _create_in(admin: Person, account: Connection, start: Barrier) -> int:
    body = {"name": "A", "platform": "meta", "connection": str(account.id)}
    start.wait()
    response = admin.client.post(CAMPAIGNS, body, format="json")
    connection.close()
    return int(response.status_code)


def _remove(admin: Person, account: Connection, start: Barrier) -> int:
    start.wait()
    response = admin.client.delete(connection_address(account))
    connection.close()
    return int(response.status_code)
