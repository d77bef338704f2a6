"""How long letters are kept, and how many wait."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from analytics_project.celery import app
from analytics_project.readings import readings
from api.postgres.base import DatabaseWrapper
from embedded.ports import free_ports
from ingestion.dead_letters.discarding import discard_many
from ingestion.dead_letters.models import DeadLetter, State
from ingestion.schedule import SCHEDULE, schedule_ingestion
from ingestion.tasks import delete_settled_letters
from runtime.options import DeadLetters
from tests.integration.ingestion.dead_letters.letters import parked

KEEP = timedelta(days=DeadLetters().keep_days)


def settled(state: State, before: timedelta) -> DeadLetter:
    letter = parked()
    changed_at = timezone.now() - before
    DeadLetter.objects.filter(pk=letter.pk).update(state=state, note="a note", changed_at=changed_at)
    return letter


@pytest.mark.django_db
def test_what_was_dealt_with_is_kept_for_a_while_and_what_waits_for_ever() -> None:
    second = timedelta(seconds=60)
    kept = {settled(state, KEEP - second).pk for state in (State.REPLAYED, State.DISCARDED)}
    waiting = parked(logged_ms=0)
    DeadLetter.objects.filter(pk=waiting.pk).update(died_at=timezone.now() - 10 * KEEP)
    for state in (State.REPLAYED, State.DISCARDED):
        settled(state, KEEP + second)
    for _ in range(2):
        delete_settled_letters()
        assert set(DeadLetter.objects.values_list("pk", flat=True)) == kept | {waiting.pk}


@pytest.mark.django_db
def test_the_schedule_names_tasks_that_there_are_and_is_made_once() -> None:
    app.loader.import_default_modules()
    for _ in range(2):
        schedule_ingestion()
    for turn in SCHEDULE:
        assert turn.task in app.tasks
        assert PeriodicTask.objects.filter(name=turn.name, task=turn.task).count() == 1


@pytest.fixture
def fresh_readings() -> Iterator[None]:
    readings.cache_clear()
    yield
    readings.cache_clear()


def waiting_by_metrics() -> list[str]:
    page = Client().get("/metrics/").content.decode()
    return [line for line in page.splitlines() if line.startswith("ca_dead_letters_waiting ")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("fresh_readings")
def test_the_metrics_tell_how_many_wait() -> None:
    letters = [parked(), parked()]
    assert waiting_by_metrics() == ["ca_dead_letters_waiting 2.0"]
    discard_many([letters[0].pk], by="somebody", note="a note")
    assert waiting_by_metrics() == ["ca_dead_letters_waiting 1.0"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("fresh_readings")
def test_without_postgres_the_metrics_answer_and_leave_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DatabaseWrapper, "_down_until", 0.0)  # put back, so that the next test connects
    (nowhere,) = free_ports(1)
    monkeypatch.setitem(connections.settings["default"], "PORT", nowhere)
    assert waiting_by_metrics() == []
