"""A run is queued, taken and ended once, whatever dies on the way."""

from datetime import timedelta

import pytest
from django.utils import timezone
from structlog.testing import capture_logs

from accounts.models import AuditEntry
from api.problems import Problem
from runs import tasks
from runs.choices import RunState
from runs.models import Run
from runs.services import (
    LOST_AFTER,
    MOST_DEATHS,
    SILENT_AFTER,
    RunLost,
    run_cancel,
    run_failed,
    run_give_up,
    run_pause,
    run_progress,
    run_succeeded,
    run_take,
)
from tests import people
from tests.integration.runs.some_runs import asked

pytestmark = pytest.mark.django_db


def taken(run: Run) -> Run:
    found = run_take(run_id=run.id)
    assert found
    return found


def stored(run: Run) -> Run:
    return Run.objects.get(id=run.id)


def test_from_asked_to_succeeded() -> None:
    run = asked(people.analyst())
    assert (run.state, run.started_at, run.total) == (RunState.QUEUED, None, None)
    mine = taken(run)
    run_progress(run=mine, done=3, total=4, place={"day": "2026-11-01"})
    assert (stored(run).done, stored(run).total, stored(run).place) == (3, 4, {"day": "2026-11-01"})
    run_succeeded(run=mine)
    ended = stored(run)
    assert ended.state == RunState.SUCCEEDED
    assert ended.started_at
    assert ended.finished_at


def test_a_failure_is_told_in_a_sentence() -> None:
    run = asked(people.analyst())
    run_failed(run=taken(run), error="The warehouse is away.")
    assert (stored(run).state, stored(run).error) == (RunState.FAILED, "The warehouse is away.")


def test_a_redelivered_run_goes_on_where_it_stopped_and_its_first_worker_learns_of_it() -> None:
    run = asked(people.analyst())
    first = taken(run)
    run_progress(run=first, done=3, place="here")
    second = taken(run)
    assert (second.done, second.place, second.started_at) == (3, "here", stored(run).started_at)
    with pytest.raises(RunLost):
        run_progress(run=first, done=4)
    with pytest.raises(RunLost):
        run_succeeded(run=first)
    run_succeeded(run=second)


def test_a_cancelled_run_stops_its_worker_and_is_not_taken_again() -> None:
    run = asked(people.analyst())
    mine = taken(run)
    run_cancel(run=run)
    with pytest.raises(RunLost):
        run_progress(run=mine, done=1)
    with pytest.raises(RunLost):
        run_failed(run=mine, error="too late")
    assert run_take(run_id=run.id) is None
    assert stored(run_cancel(run=run)).state == RunState.CANCELLED


def test_what_has_ended_is_neither_taken_nor_cancelled() -> None:
    run = asked(people.analyst())
    run_succeeded(run=taken(run))
    assert run_take(run_id=run.id) is None
    assert run_take(run_id=run.id, resume=True) is None
    with pytest.raises(Problem, match="succeeded already"):
        run_cancel(run=run)


def test_a_person_may_resume_a_failed_run() -> None:
    run = asked(people.analyst())
    run_failed(run=taken(run), error="Away.")
    assert run_take(run_id=run.id) is None
    resumed = run_take(run_id=run.id, resume=True)
    assert resumed
    assert (resumed.state, resumed.error, resumed.finished_at) == (RunState.RUNNING, "", None)


def silent_for(time: timedelta, *runs: Run) -> None:
    long_ago = timezone.now() - time - timedelta(seconds=1)
    Run.objects.filter(id__in=[run.id for run in runs]).update(alive_at=long_ago)


def test_a_run_whose_worker_died_waits_for_the_next_one() -> None:
    run = asked(people.analyst())
    run_progress(run=taken(run), done=3, place="here")
    silent_for(10 * SILENT_AFTER, run)
    tasks.fail_stuck_runs()
    assert stored(run).state == RunState.RUNNING
    assert (taken(run).done, taken(run).place) == (3, "here")


def test_one_whose_workers_die_at_the_same_place_again_and_again_is_stuck() -> None:
    run = asked(people.analyst())
    run_progress(run=taken(run), place="here")
    for _ in range(MOST_DEATHS - 1):
        run_progress(run=taken(run), done=1)
    assert run_take(run_id=run.id) is None
    assert stored(run).state == RunState.FAILED
    assert "worker died" in stored(run).error
    resumed = run_take(run_id=run.id, resume=True)
    assert resumed
    assert (resumed.place, resumed.deaths) == ("here", 0)


def test_one_whose_workers_come_farther_before_they_die_goes_on() -> None:
    run = asked(people.analyst())
    for place in range(3 * MOST_DEATHS):
        run_progress(run=taken(run), place=place)
    run_succeeded(run=taken(run))
    assert stored(run).state == RunState.SUCCEEDED


def test_every_end_is_one_line_of_the_log() -> None:
    who = people.analyst()
    succeeded, failed, cancelled, stuck, lost = runs = [asked(who) for _ in range(5)]
    silent_for(LOST_AFTER, lost)
    for _ in range(MOST_DEATHS):
        run_progress(run=taken(stuck), place="here")
    with capture_logs() as lines:
        run_succeeded(run=taken(succeeded))
        run_failed(run=taken(failed), error="Away.")
        for _ in range(2):
            run_cancel(run=cancelled)
            run_take(run_id=stuck.id)
            tasks.fail_stuck_runs()
    ends = [line for line in lines if line["event"] == "run_ended"]
    assert [line["run_id"] for line in ends] == [str(run.id) for run in runs]
    assert [line["log_level"] for line in ends] == ["info", "warning", "info", "warning", "warning"]
    assert [line["place"] for line in ends] == [None, None, None, "here", None]


def test_turns_are_no_deaths() -> None:
    run = asked(people.analyst())
    for _ in range(2 * MOST_DEATHS):
        run_pause(run=taken(run))
    assert stored(run).deaths == 0


def test_nobody_gives_up_what_somebody_else_has() -> None:
    run = asked(people.analyst())
    mine = taken(run)
    run_give_up(run_id=run.id, error="Away.")
    assert stored(run).state == RunState.RUNNING
    run_pause(run=mine)
    run_give_up(run_id=run.id, error="Away.")
    assert (stored(run).state, stored(run).error) == (RunState.FAILED, "Away.")


def test_a_run_that_waits_in_a_long_queue_is_not_failed_for_it() -> None:
    who = people.analyst()
    waiting, between_turns = asked(who), asked(who)
    mine = taken(between_turns)
    run_progress(run=mine, done=3)
    run_pause(run=mine)
    silent_for(6 * SILENT_AFTER, waiting, between_turns)
    tasks.fail_stuck_runs()
    assert [stored(run).state for run in (waiting, between_turns)] == [RunState.QUEUED, RunState.RUNNING]
    assert taken(between_turns).done == 3


def test_a_run_that_was_waited_for_too_long_was_lost() -> None:
    who = people.analyst()
    waiting, between_turns, died = asked(who), asked(who), asked(who)
    run_pause(run=taken(between_turns))
    taken(died)
    silent_for(LOST_AFTER, waiting, between_turns, died)
    for _ in range(2):
        tasks.fail_stuck_runs()
        assert {stored(run).state for run in (waiting, between_turns, died)} == {RunState.FAILED}
    assert "queue" in stored(waiting).error


def test_whoever_lost_a_run_pauses_it_no_more() -> None:
    run = asked(people.analyst())
    first = taken(run)
    second = taken(run)
    run_pause(run=first)
    assert stored(run).taken_by == second.taken_by
    run_progress(run=second, done=1)


def test_the_trail_tells_who_asked_and_how_it_ended_and_not_each_step() -> None:
    run = asked(people.analyst())
    mine = taken(run)
    for step in range(5):
        run_progress(run=mine, done=step)
    run_succeeded(run=mine)
    changes = [entry.changes for entry in AuditEntry.objects.filter(object_pk=str(run.id)).order_by("id")]
    assert [change["state"][1] for change in changes] == ["queued", "running", "succeeded"]
    assert all("done" not in change for change in changes)
