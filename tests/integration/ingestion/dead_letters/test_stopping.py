"""Too many dead letters stop the consumers, and a person lets them go on."""

import time
from typing import Any

import psycopg
import pytest
from django.db import connection

from ingestion.dead_letters import stopping
from ingestion.dead_letters.models import ConsumerStop
from ingestion.dead_letters.stopping import (
    Lookout,
    Recent,
    standing_stop,
    stop_acknowledge,
    stop_if_too_many,
    stop_message,
)
from ingestion.errors import TransientFailure
from runtime.config import configuration
from runtime.options import DeadLetters
from runtime.restarts import CONSUMER, restart_file
from tests.integration.ingestion.dead_letters.letters import dead

pytestmark = pytest.mark.django_db

LIMITS = DeadLetters(stop_percent=10, stop_window=1000, stop_least=50)


def recent(*batches: tuple[int, int]) -> Recent:
    """What is known after batches of so many events, so many of them dead."""
    found = Recent(LIMITS)
    for events, dead_ones in batches:
        found.note(events, [dead() for _ in range(dead_ones)])
    return found


def stop() -> ConsumerStop:
    found = stop_if_too_many(recent((60, 60)))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("batches", "is_stopped"),
    [
        ([(49, 49)], False),  # all of them, but few
        ([(50, 50)], True),
        ([(1000, 100)], False),  # a tenth is allowed
        ([(1000, 101)], True),
        ([(500, 50), (500, 50)], False),
        ([(500, 50), (500, 51)], True),
        ([(500, 0), (500, 60), (500, 60)], True),  # the first batch has left the window
        ([(500, 60), (500, 0), (500, 0)], False),
        ([(5000, 400)], False),  # a batch beyond the window is judged whole
        ([(1, 1)] * 49 + [(1000, 0)] * 2, False),
    ],
)
def test_the_share_among_the_last_events_decides(batches: list[tuple[int, int]], is_stopped: bool) -> None:
    assert (stop_if_too_many(recent(*batches)) is not None) == is_stopped
    assert (standing_stop() is not None) == is_stopped


def test_what_it_remembers_is_never_more_than_the_window_and_a_batch() -> None:
    found = recent(*[(300, 3)] * 50)
    assert (found.events, found.dead) == (1200, 12)


def test_a_stop_says_why_and_where_to_go() -> None:
    found = stop()
    assert (found.events, found.dead, found.codes) == (60, 60, {"malformed": 60})
    said = stop_message(found)
    assert "60 of the last 60 events were dead, more than 10% (malformed 60)" in said
    assert f"/admin/ingestion/consumerstop/{found.pk}/change/" in said
    assert "manage.py consumer_stop --acknowledge" in said
    assert "\n" not in said


def test_two_consumers_that_stop_at_once_make_one_stop() -> None:
    assert stop() == stop()
    assert ConsumerStop.objects.count() == 1


def test_a_colleague_hears_of_a_stop_when_it_looks_and_it_looks_only_now_and_then(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    lookout = Lookout()
    found = stop()
    with django_assert_num_queries(0):
        assert lookout.stop_if_due() is None
    monkeypatch.setattr(lookout, "_not_before", 0.0)
    with django_assert_num_queries(1):
        assert lookout.stop_if_due() == found


def test_a_postgres_that_is_away_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: str) -> None:
        raise TransientFailure("away")

    monkeypatch.setattr(stopping, "standing_stop", away)
    lookout = Lookout()
    monkeypatch.setattr(lookout, "_not_before", 0.0)
    assert lookout.stop_if_due() is None
    assert lookout._not_before > time.monotonic() + stopping.LOOK_EVERY


def test_a_replay_stops_itself_alone() -> None:
    stop_if_too_many(recent((60, 60)), group="replay")
    assert standing_stop() is None
    assert standing_stop("replay") is not None


def test_once_acknowledged_they_may_go_on_and_may_stop_again() -> None:
    first = stop()
    assert stop_acknowledge(stop=first, by="ops@example.com")
    assert not stop_acknowledge(stop=first, by="somebody else")
    assert standing_stop() is None
    first.refresh_from_db()
    assert first.acknowledged_by == "ops@example.com"
    assert stop() != first


def test_an_acknowledgement_asks_the_supervisor_for_another_start() -> None:
    file = restart_file(configuration().data_dir, CONSUMER)
    file.unlink(missing_ok=True)
    stop_acknowledge(stop=stop(), by="ops@example.com")
    assert file.exists()


@pytest.mark.django_db(transaction=True)
def test_without_postgres_nobody_knows() -> None:
    parameters = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}
    with psycopg.connect(**parameters) as other:
        connection.ensure_connection()
        assert connection.connection is not None
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    with pytest.raises(TransientFailure):
        standing_stop()
    assert standing_stop() is None
