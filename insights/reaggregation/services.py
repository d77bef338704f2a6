"""Asking for a recompute, and doing it piece by piece."""

import time
from contextlib import suppress
from typing import Any
from uuid import UUID

import msgspec
import structlog

from insights.reaggregation.chunks import Chunk, Place, chunks
from insights.reaggregation.scope import Scope, check_dates, check_floor, scope_of
from insights.rollups.generations import raise_generation
from insights.rollups.recompute import recompute
from runs.choices import OPEN, RunKind
from runs.models import Run
from runs.services import (
    Asker,
    RunLost,
    run_create,
    run_failed,
    run_pause,
    run_progress,
    run_succeeded,
    run_take,
)


class Plan(msgspec.Struct, frozen=True):
    """What a run would do."""

    campaigns: int
    days: int
    rows: int
    chunks: int
    warnings: list[dict[str, str]]


def reaggregate_plan(scope: Scope) -> Plan:
    """Changes nothing. Raises as `reaggregate_ask` does, and WarehouseUnavailable."""
    check_dates(scope)
    warnings = check_floor(scope)
    found = list(chunks(scope))
    campaigns = {chunk.place.campaign_id for chunk in found}
    days, rows = sum(chunk.days for chunk in found), sum(chunk.rows for chunk in found)
    return Plan(len(campaigns), days, rows, len(found), warnings)


def reaggregate_ask(*, scope: Scope, asker: Asker) -> Run:
    """A run that somebody then has to work on; the one that stands if the very same is waiting already.

    Raises a field problem for a range that ends before it starts, `below_raw_floor` for one whose raw facts
    are gone.
    """
    check_dates(scope)
    warnings = check_floor(scope)
    same = Run.objects.filter(kind=RunKind.REAGGREGATE, state__in=OPEN, started_at=None)
    waiting = same.filter(parameters=scope.parameters()).first()
    return waiting or run_create(
        kind=RunKind.REAGGREGATE,
        workspace_id=scope.workspace_id,
        campaign_id=scope.campaign_id,
        parameters=scope.parameters(),
        asker=asker,
        warnings=warnings,
    )


def reaggregate_work(*, run_id: UUID, seconds: float, resume: bool = False) -> Run | None:
    """Work on the run for about so long; the run while there is more to do, else None.

    Whatever is killed in between, the next call goes on after the last piece that was recorded; doing a
    piece twice changes nothing. Raises WarehouseUnavailable, and the run stays open.
    """
    run = run_take(run_id=run_id, resume=resume)
    if run is None:
        return None
    with structlog.contextvars.bound_contextvars(run_id=str(run.id)), suppress(RunLost):
        try:
            return _work(run, time.monotonic() + seconds)
        finally:
            run_pause(run=run)  # unless it has ended
    return None


def reaggregate_give_up(*, run_id: UUID, error: str) -> None:
    """Nobody is going to try it again."""
    run = run_take(run_id=run_id)
    if run:
        with suppress(RunLost):
            run_failed(run=run, error=error)


def _work(run: Run, until: float) -> Run | None:
    scope = scope_of(run.parameters)
    if run.total is None:
        run_progress(run=run, total=sum(chunk.days for chunk in chunks(scope)))
    for chunk in chunks(scope, _place_of(run)):
        _recompute(chunk)
        done = run.done + chunk.days
        place = msgspec.to_builtins(chunk.place)
        run_progress(run=run, done=done, place=place, total=max(done, run.total or 0))
        if time.monotonic() > until:
            return run
    run_progress(run=run, total=run.done)
    run_succeeded(run=run)
    return None


def _recompute(chunk: Chunk) -> None:
    raise_generation(recompute(chunk.targets))


def _place_of(run: Run) -> Place | None:
    stored: Any = run.place
    return msgspec.convert(stored, Place) if stored else None
