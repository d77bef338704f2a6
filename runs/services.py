"""The life of a run: queued, taken, and ended once.

Whoever works on a run has taken it. Taking it takes it from whoever had it before, who learns of that, or
of a cancellation, when it next reports. Between two turns nobody has it: it waits, as before the first.
Of one that died nothing is heard, and the next one takes the run from it.
"""

import uuid
from datetime import timedelta
from typing import Any, TypedDict
from uuid import UUID

import structlog
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone

from accounts.caller import Caller
from api.problem_codes import ProblemCode
from api.problems import Problem
from runs.choices import OPEN, RESUMABLE, SAID, RunKind, RunState
from runs.models import LONGEST_NAME, Run

logger = structlog.get_logger(__name__)

MOST_DEATHS = 5
STUCK = f"Its worker died {MOST_DEATHS} times in a row before it got any further. Ask for it again."
LOST_AFTER = timedelta(days=1)  # a queue may be long
SILENT_AFTER = timedelta(minutes=5)  # longer than whoever works on one is silent
LOST = "It waited for a day, and nobody took it: the queue lost it, or no worker runs. Ask for it again."


class RunLost(Exception):
    """Somebody cancelled the run, or another execution took it over: stop, and say nothing more about it."""


class Asker(TypedDict):
    asked_by_id: UUID | None
    asked_as: str


def asker_of(caller: Caller) -> Asker:
    return {"asked_by_id": caller.user_id, "asked_as": caller.name[:LONGEST_NAME]}


def asker_of_user(user: AbstractBaseUser | AnonymousUser) -> Asker:
    """Staff in the admin."""
    return {"asked_by_id": user.pk, "asked_as": str(user)[:LONGEST_NAME]}


def run_create(
    *,
    kind: RunKind,
    workspace_id: UUID | None,
    campaign_id: UUID | None = None,
    parameters: dict[str, Any],
    asker: Asker,
    warnings: list[dict[str, str]] | None = None,
) -> Run:
    return Run.objects.create(
        kind=kind,
        workspace_id=workspace_id,
        campaign_id=campaign_id,
        parameters=parameters,
        warnings=warnings or [],
        alive_at=timezone.now(),
        **asker,
    )


@transaction.atomic
def run_take(*, run_id: UUID, resume: bool = False) -> Run | None:
    """Begin or go on with it. None if it has ended, unless a person wants a failed one resumed.

    One whose workers die again and again at the same place has failed.
    """
    run = _locked(run_id)
    if run is None or run.state not in (RESUMABLE if resume else OPEN):
        return None
    run.deaths = 0 if resume else run.deaths + (run.taken_by is not None)
    if run.deaths >= MOST_DEATHS:
        _end(run, RunState.FAILED, STUCK)
        return None
    now = timezone.now()
    run.state, run.taken_by, run.alive_at = RunState.RUNNING, uuid.uuid4(), now
    run.started_at, run.finished_at, run.error = run.started_at or now, None, ""
    run.save(update_fields=["state", "taken_by", "deaths", "alive_at", "started_at", "finished_at", "error"])
    return run


def run_progress(*, run: Run, **fields: Any) -> None:
    """Write `done`, `total`, `place` or `warnings`, and that it is alive. Raises RunLost.

    To be called every minute or two, be it without anything to write. Another `place` is another start for
    those who die.
    """
    if fields.get("place", run.place) != run.place:
        fields["deaths"] = 0
    mine = Run.objects.filter(id=run.id, state=RunState.RUNNING, taken_by=run.taken_by)
    if not mine.update(alive_at=timezone.now(), **fields):
        raise RunLost
    for name, value in fields.items():
        setattr(run, name, value)


def run_pause(*, run: Run) -> None:
    """The turn is over and the run is not: from now on it waits for whoever takes it next."""
    mine = Run.objects.filter(id=run.id, state=RunState.RUNNING, taken_by=run.taken_by)
    mine.update(alive_at=timezone.now(), taken_by=None)


def run_succeeded(*, run: Run) -> None:
    """Raises RunLost."""
    _end_own(run, RunState.SUCCEEDED)


def run_failed(*, run: Run, error: str) -> None:
    """`error` is a sentence for whoever asked. Raises RunLost."""
    _end_own(run, RunState.FAILED, error)


@transaction.atomic
def run_cancel(*, run: Run) -> Run:
    """What is done stays done. Cancelling twice is fine; one that has ended otherwise is a 409."""
    current = _locked(run.id)
    if current is None or current.state == RunState.CANCELLED:
        return current or run
    if current.state not in OPEN:
        raise Problem(ProblemCode.CONFLICT, f"This run {SAID[current.state]} already.")
    return _end(current, RunState.CANCELLED)


@transaction.atomic
def run_give_up(*, run_id: UUID, error: str) -> None:
    """Nobody is going to try it again, unless somebody else has it by now."""
    run = _locked(run_id)
    if run and run.state in OPEN and run.taken_by is None:
        _end(run, RunState.FAILED, error)


def runs_passed_over(kind: RunKind) -> list[UUID]:
    """Those that nothing was heard of for minutes, oldest first.

    Whoever has taken one died, or nobody may have been told to take it.
    """
    silent = Run.objects.filter(kind=kind, state__in=OPEN, alive_at__lt=timezone.now() - SILENT_AFTER)
    return list(silent.order_by("alive_at").values_list("id", flat=True))


def runs_fail_lost() -> int:
    """Ends what nobody took for very long, be it anew or from a dead worker; returns how many."""
    silent = Run.objects.filter(state__in=OPEN, alive_at__lt=timezone.now() - LOST_AFTER)
    return sum(_fail_if_lost(run_id) for run_id in silent.values_list("id", flat=True))


@transaction.atomic
def _fail_if_lost(run_id: UUID) -> bool:
    run = _locked(run_id)
    if run is None or run.state not in OPEN or run.alive_at >= timezone.now() - LOST_AFTER:
        return False
    _end(run, RunState.FAILED, LOST)
    return True


@transaction.atomic
def _end_own(run: Run, state: RunState, error: str = "") -> None:
    current = _locked(run.id)
    if current is None or (current.state, current.taken_by) != (RunState.RUNNING, run.taken_by):
        raise RunLost
    _end(current, state, error)


def _end(run: Run, state: RunState, error: str = "") -> Run:
    run.state, run.error, run.finished_at, run.taken_by = state, error, timezone.now(), None
    run.save(update_fields=["state", "error", "finished_at", "taken_by"])
    tell = logger.warning if state == RunState.FAILED else logger.info
    tell("run_ended", run_id=str(run.id), kind=run.kind, state=state.value, error=error, place=run.place)
    return run


def _locked(run_id: UUID) -> Run | None:
    return Run.objects.select_for_update(no_key=True).filter(id=run_id).first()
