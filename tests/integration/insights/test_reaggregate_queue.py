"""A run that the queue lost is queued up again, and one that only waits is not."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from insights import tasks
from insights.reaggregation import chunks
from insights.rollups.recompute import Target
from runs.models import Run
from runs.services import PASSED_OVER_AFTER, run_cancel, run_take
from tests import people
from tests.integration.insights.reaggregating import ask, at, campaign_of, days_from, put_events, work

pytestmark = pytest.mark.django_db


def test_a_run_whose_queue_was_down_between_two_turns_is_queued_up_again(
    recomputed: list[Target], queued: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "MOST_ROWS", 1)
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    put_events(campaign, *days_from(at(2026, 10, 1), 3))
    run_id = ask(analyst, campaign).json()["run_id"]

    def down(_: str) -> None:
        raise OperationalError

    with monkeypatch.context() as patched:
        patched.setattr(tasks, "TURN_SECONDS", -1)
        patched.setattr(tasks.reaggregate, "delay", down)
        tasks.reaggregate(queued.pop())
        silent_for(PASSED_OVER_AFTER, run_id)
        tasks.queue_up_again()
    assert Run.objects.get(id=run_id).done == 1
    tasks.queue_up_again()
    assert queued == [run_id]
    work(queued)
    assert (Run.objects.get(id=run_id).state, len(recomputed)) == ("succeeded", 3)


def test_only_what_has_waited_for_minutes_is_queued_up_again(queued: list[str]) -> None:
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    days = [f"2026-10-0{number}" for number in range(1, 5)]
    new, never_queued, taken, ended = [
        ask(analyst, campaign, start_date=day).json()["run_id"] for day in days
    ]
    queued.clear()
    run_take(run_id=UUID(taken))
    run_cancel(run=Run.objects.get(id=ended))
    silent_for(PASSED_OVER_AFTER, never_queued, taken, ended)
    tasks.queue_up_again()
    assert queued == [never_queued]
    assert Run.objects.get(id=new).state == "queued"


def silent_for(time: timedelta, *run_ids: str) -> None:
    Run.objects.filter(id__in=run_ids).update(alive_at=timezone.now() - time - timedelta(seconds=1))
