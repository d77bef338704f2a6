"""Parking: whatever bytes there are come to rest, once, or somebody is told to try again."""

import base64
from uuid import UUID

import msgspec
import psycopg
import pytest
from django.db import connection

from ingestion.dead_letters.models import DeadLetter, State
from ingestion.dead_letters.parking import AT_ONCE, Dead, entries_for_topic, park
from ingestion.errors import TransientFailure
from ingestion.eventlog.base import LARGEST_ENTRY, too_large
from runtime.telemetry.metrics import OWN_REGISTRY
from tests.integration.ingestion.dead_letters.letters import LOGGED_MS, dead, metric_payload, parked, stored

pytestmark = pytest.mark.django_db

HOSTILE = {
    "binary garbage": bytes(range(256)),
    "NUL bytes": b"\0" * 64,
    "not UTF-8": b'{"kind": "\xff\xfe"}',
    "half a character": b'{"kind": "\\ud800", "workspace_id": 7}',
    "a NUL within a text": b'{"kind": "\\u0000", "campaign_id": "\\u0000"}',
    "nothing": b"",
    "no object": b"[1, 2]",
    "deeper than anybody reads": b'{"payload": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "as long as the log takes": b"x" * LARGEST_ENTRY,
}


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
def test_any_bytes_are_kept_as_they_lay_on_the_log(payload: bytes) -> None:
    letter = parked(payload, key=payload[:100])
    assert (bytes(letter.payload), bytes(letter.key)) == (payload, payload[:100])
    assert (letter.state, letter.kind, letter.workspace_id) == (State.WAITING, "", None)


def test_what_can_be_read_of_a_payload_is_told() -> None:
    letter = parked(metric_payload().replace(b'"clicks":3', b'"clicks":-3'))
    assert (letter.workspace_id, letter.campaign_id) == (UUID(int=1), UUID(int=2))
    assert letter.kind == "metric"


def test_parking_twice_is_parking_once() -> None:
    letters = [dead(), dead()]
    park(letters)
    died_at = stored(letters[0]).died_at
    park([*letters, letters[0]])
    assert DeadLetter.objects.count() == 2
    assert stored(letters[0]).died_at == died_at


def test_a_redelivery_does_not_undo_what_somebody_did_with_it() -> None:
    letter = dead()
    park([letter])
    DeadLetter.objects.update(state=State.DISCARDED, note="a test of theirs")
    park([letter])
    assert stored(letter).state == State.DISCARDED


def test_a_topic_that_was_made_anew_counts_from_the_start_and_hides_nothing() -> None:
    before = dead()
    after = before._replace(logged_ms=LOGGED_MS + 1, value=b"another")
    park([before, after])
    assert DeadLetter.objects.filter(position=before.position).count() == 2


@pytest.mark.parametrize("logged_ms", [-1, 2**63 - 1])
def test_a_foreign_clock_stops_nobody(logged_ms: int) -> None:
    assert parked(logged_ms=logged_ms).logged_at.year in (1970, 9999)


def test_words_that_postgres_takes_not_are_spelled_out() -> None:
    letter = parked(reason="a \0 and a \ud800", field="payload.\0")
    assert (letter.reason, letter.field) == ("a \\0 and a \\ud800", "payload.\\0")


def test_more_than_one_statement_takes_are_all_parked() -> None:
    park([dead() for _ in range(AT_ONCE + 1)])
    assert DeadLetter.objects.count() == AT_ONCE + 1


def test_nothing_to_park_asks_nobody(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        park([])


def test_they_are_counted_by_code() -> None:
    name = "ca_dead_letters_parked_total"
    before = OWN_REGISTRY.get_sample_value(name, {"code": "counted_here"}) or 0
    park([dead(code="counted_here"), dead(code="counted_here")])
    assert OWN_REGISTRY.get_sample_value(name, {"code": "counted_here"}) == before + 2


@pytest.mark.django_db(transaction=True)
def test_without_postgres_it_says_so_and_the_next_try_parks() -> None:
    letter = dead()
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
        connection.ensure_connection()
        assert connection.connection is not None
        pid = connection.connection.info.backend_pid
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
    with pytest.raises(TransientFailure, match="Postgres does not answer"):
        park([letter])
    park([letter])
    assert stored(letter).state == State.WAITING


def read(entry_value: bytes) -> dict[str, object]:
    return dict(msgspec.json.decode(entry_value))


def test_the_dead_letter_topic_gets_place_reason_and_bytes() -> None:
    letter = dead(b"\xff\0")
    [(topic, [entry])] = entries_for_topic([letter]).items()
    told = read(entry.value)
    assert topic == "metric-events.dead-letter"
    assert (told["topic"], told["partition"], told["position"]) == ("metric-events", 0, letter.position)
    assert (told["code"], told["reason"]) == ("malformed", "This is not JSON.")
    assert base64.b64decode(str(told["value"])) == b"\xff\0"


def test_one_that_finds_no_room_there_is_told_without_its_bytes() -> None:
    letter: Dead = dead(b"x" * LARGEST_ENTRY)
    [[entry]] = entries_for_topic([letter]).values()
    assert too_large(entry) is None
    assert (read(entry.value)["value"], read(entry.value)["size"]) == (None, LARGEST_ENTRY)
