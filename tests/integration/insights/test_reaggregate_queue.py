"""A run that the queue lost is queued up again, and one that only waits is not."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from celery.exceptions import Retry
from django.utils import timezone
from kombu.exceptions import OperationalError

from insights import tasks
from insights.reaggregation import pieces, services
from insights.rollups.recompute import recompute
from insights.rollups.targets import Target
from runs.models import Run
from runs.services import SILENT_AFTER, run_cancel, run_take
from runs.tasks import fail_stuck_runs
from tests import people
from tests.integration.insights.reaggregating import (
    ask,
    at,
    campaign_of,
    days_from,
    figures,
    put_events,
    work,
)
from warehouse.errors import WarehouseRefused, WarehouseUnavailable

pytestmark = pytest.mark.django_db


def test_a_run_whose_queue_was_down_between_two_turns_is_queued_up_again(
    recomputed: list[Target], queued: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = ask_for_three_days(monkeypatch)

    def down(_: str) -> None:
        raise OperationalError

    with monkeypatch.context() as patched:
        patched.setattr(tasks, "TURN_SECONDS", -1)
        patched.setattr(tasks.reaggregate, "delay", down)
        tasks.reaggregate(queued.pop())
        silent_for(SILENT_AFTER, run_id)
        tasks.queue_up_again()
    assert Run.objects.get(id=run_id).done == 1
    tasks.queue_up_again()
    assert queued == [run_id]
    work(queued)
    assert (Run.objects.get(id=run_id).state, len(recomputed)) == ("succeeded", 3)


def test_only_what_nothing_was_heard_of_for_minutes_is_queued_up_again(queued: list[str]) -> None:
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    days = [f"2026-10-0{number}" for number in range(1, 6)]
    new, never_queued, taken, died, ended = [
        ask(analyst, campaign, start_date=day).json()["run_id"] for day in days
    ]
    queued.clear()
    for run_id in (taken, died):
        run_take(run_id=UUID(run_id))
    run_cancel(run=Run.objects.get(id=ended))
    silent_for(SILENT_AFTER, never_queued, ended)
    silent_for(2 * SILENT_AFTER, died)
    tasks.queue_up_again()
    assert queued == [died, never_queued]
    assert Run.objects.get(id=new).state == "queued"


def test_a_run_whose_worker_was_killed_goes_on_with_the_next(
    recomputed: list[Target], queued: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = ask_for_three_days(monkeypatch)

    def die(_: Sequence[Target]) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(services, "run_pause", lambda **_: None)  # nobody is there any more to call it
        patched.setattr(services, "recompute", die)
        with pytest.raises(SystemExit):
            tasks.reaggregate(queued.pop())
    silent_for(6 * SILENT_AFTER, run_id)
    fail_stuck_runs()
    tasks.queue_up_again()
    assert queued == [run_id]
    work(queued)
    run = Run.objects.get(id=run_id)
    assert (run.state, run.done, len(recomputed)) == ("succeeded", 3, 3)


@pytest.mark.parametrize("refusing", [False, True])
def test_a_run_is_heard_of_while_it_counts_and_while_it_looks_for_what_is_refused(
    queued: list[str], monkeypatch: pytest.MonkeyPatch, refusing: bool
) -> None:
    run_id = ask_for_three_days(monkeypatch)
    monkeypatch.setattr(pieces, "MOST_ROWS", 1000)
    monkeypatch.setattr(services, "TELL_SECONDS", 1000 if refusing else -1)
    heard: list[bool] = []

    def noted(*_: object) -> None:
        heard.append(timezone.now() - Run.objects.get(id=run_id).alive_at < SILENT_AFTER)
        silent_for(SILENT_AFTER, run_id)
        raise WarehouseRefused(469, "no")

    def counted(*asked: Any) -> Iterator[Any]:
        silent_for(SILENT_AFTER, run_id)
        yield from every_piece(*asked)
        heard.append(timezone.now() - Run.objects.get(id=run_id).alive_at < SILENT_AFTER)

    every_piece = pieces.pieces
    if refusing:
        monkeypatch.setattr(services, "recompute", noted)
    else:
        monkeypatch.setattr(services, "pieces", counted)
    work(queued)
    assert heard
    assert all(heard)


@pytest.mark.parametrize("late", [None, ValueError("spoilt"), WarehouseUnavailable("away")])
def test_two_workers_on_one_run_at_once_spoil_nothing(
    queued: list[str], monkeypatch: pytest.MonkeyPatch, late: Exception | None
) -> None:
    """The first one stands still so long that it is thought dead, and wakes up while the second works."""
    run_id = ask_for_three_days(monkeypatch)
    recomputed: list[Target] = []

    def first(targets: Sequence[Target]) -> set[UUID]:
        monkeypatch.setattr(services, "recompute", second)
        silent_for(SILENT_AFTER, run_id)
        tasks.queue_up_again()
        with monkeypatch.context() as patched:
            patched.setattr(tasks, "TURN_SECONDS", -1)
            tasks.reaggregate(queued.pop())  # a turn of the second
        second_has_it = run_take(run_id=UUID(run_id))
        assert second_has_it
        if late:
            raise late
        return recompute(targets)

    def second(targets: Sequence[Target]) -> set[UUID]:
        recomputed.extend(targets)
        return recompute(targets)

    monkeypatch.setattr(services, "recompute", first)
    with suppress(ValueError, Retry, WarehouseUnavailable):
        tasks.reaggregate(queued.pop())
    assert (Run.objects.get(id=run_id).state, queued) == ("running", [run_id])
    work(queued)
    run = Run.objects.get(id=run_id)
    assert (run.state, run.done, run.total, len(recomputed)) == ("succeeded", 3, 3, 3)
    assert run.campaign
    assert [clicks for (clicks,) in figures(run.campaign, columns="clicks")] == [1, 1, 1]


def ask_for_three_days(monkeypatch: pytest.MonkeyPatch) -> str:
    """A piece a day."""
    monkeypatch.setattr(pieces, "MOST_ROWS", 1)
    analyst = people.analyst()
    campaign = campaign_of(analyst)
    put_events(campaign, *days_from(at(2026, 10, 1), 3))
    return str(ask(analyst, campaign).json()["run_id"])


def silent_for(time: timedelta, *run_ids: str) -> None:
    Run.objects.filter(id__in=run_ids).update(alive_at=timezone.now() - time - timedelta(seconds=1))
