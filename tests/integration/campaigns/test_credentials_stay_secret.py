"""Credentials go in and never come out: not by the API, not in the trail, the log or a print."""

import logging

import pytest
from django.core.management import CommandError, call_command
from django.db import connection as database

from accounts.models import AuditEntry
from campaigns.credentials import Safe, configured_safe
from campaigns.management.commands import rotate_credentials
from campaigns.models import Connection
from runtime.config import configuration
from runtime.stored_secrets import new_secret
from tests import people
from tests.integration.campaigns.connection_calls import CONNECTIONS, SECRET, address, connected

pytestmark = pytest.mark.django_db


def stored(connection: Connection) -> str:
    connection.refresh_from_db()
    return connection.encrypted_credentials


def test_the_row_holds_them_encrypted_and_the_configured_keys_open_them() -> None:
    token = connected(people.admin()).encrypted_credentials
    assert SECRET not in token
    assert configured_safe().open(token) == {"access_token": SECRET}


def test_no_column_of_the_row_shows_them() -> None:
    connected(people.admin())
    with database.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM campaigns_connection c")
        assert SECRET not in cursor.fetchone()[0]


def test_no_answer_of_the_api_shows_them() -> None:
    admin = people.admin()
    connection = connected(admin)
    url = address(connection)
    answers = [
        admin.client.get(url),
        admin.client.get(CONNECTIONS),
        admin.client.patch(url, {"credentials": {"access_token": SECRET}}, format="json"),
        admin.client.patch(url, {"credentials": {"access_token": SECRET}, "x": 1}, format="json"),
        admin.client.patch(url, {"credentials": [SECRET]}, format="json"),
        admin.client.get(url, headers={"Accept": "text/html"}),
    ]
    for answer in answers:
        assert SECRET not in answer.content.decode()
        assert stored(connection) not in answer.content.decode()
    assert answers[0].json()["has_credentials"] is True


def test_the_audit_trail_tells_that_they_were_replaced_and_not_what_they_are() -> None:
    admin = people.admin()
    connection = connected(admin)
    admin.client.patch(address(connection), {"credentials": {"access_token": "another"}}, format="json")
    trail = [str(entry.changes) for entry in AuditEntry.objects.get_for_object(connection)]
    assert len(trail) == 2
    assert all("credentials_set_at" in changes for changes in trail)
    for hidden in (SECRET, "another", stored(connection)):
        assert all(hidden not in changes for changes in trail)


def test_the_log_does_not_show_them(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    admin = people.admin()
    connected(admin)
    admin.client.post(CONNECTIONS, {"credentials": {"access_token": SECRET}}, format="json")
    printed = capfd.readouterr()
    assert SECRET not in caplog.text + printed.out + printed.err


def test_a_print_of_the_row_does_not_show_them() -> None:
    connection = connected(people.admin())
    assert SECRET not in f"{connection} {connection!r} {vars(connection)}"
    assert connection.encrypted_credentials not in f"{connection} {connection!r}"


def test_they_are_replaced_as_a_whole_and_can_be_forgotten() -> None:
    admin = people.admin()
    connection = connected(admin, credentials={"a": "1", "b": "2"})
    admin.client.patch(address(connection), {"credentials": {"a": "3"}}, format="json")
    assert configured_safe().open(stored(connection)) == {"a": "3"}
    body = admin.client.patch(address(connection), {"credentials": {}}, format="json").json()
    assert (body["has_credentials"], body["credentials_set_at"]) == (False, None)
    assert stored(connection) == ""


def test_an_edit_of_something_else_leaves_them_alone() -> None:
    admin = people.admin()
    connection = connected(admin)
    before = stored(connection)
    admin.client.patch(address(connection), {"name": "B"}, format="json")
    assert stored(connection) == before


@pytest.fixture
def new_key(monkeypatch: pytest.MonkeyPatch) -> Safe:
    """Somebody put a new key in front of the configured ones."""
    key = new_secret()
    safe = Safe([key, *configuration().credentials.keys])
    monkeypatch.setattr(rotate_credentials, "configured_safe", lambda: safe)
    return Safe([key])


def test_rotating_moves_them_to_the_newest_key_and_running_it_again_is_harmless(
    new_key: Safe, capsys: pytest.CaptureFixture[str]
) -> None:
    connection = connected(people.admin())
    call_command("rotate_credentials")
    assert "1 moved to the newest key, 0 were there." in capsys.readouterr().out
    moved = stored(connection)
    assert new_key.open(moved) == {"access_token": SECRET}
    call_command("rotate_credentials")
    assert "0 moved to the newest key, 1 were there." in capsys.readouterr().out
    assert stored(connection) == moved


def test_rotating_goes_past_what_no_key_opens_and_says_so_in_the_end(
    new_key: Safe, capsys: pytest.CaptureFixture[str]
) -> None:
    admin = people.admin()
    lost, readable = connected(admin, external_account_id="lost"), connected(admin)
    Connection.objects.filter(id=lost.id).update(encrypted_credentials=Safe([new_secret()]).lock({"a": "b"}))
    with pytest.raises(CommandError, match="1 could not be read"):
        call_command("rotate_credentials")
    assert str(lost.id) in capsys.readouterr().err
    assert new_key.open(stored(readable)) == {"access_token": SECRET}
