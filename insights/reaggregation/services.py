"""Asking for a recompute, and doing it piece by piece."""

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import msgspec
import structlog

from insights.reaggregation.pieces import Piece, Place, pieces
from insights.reaggregation.refused import but_refused, days_of, halves, with_refused
from insights.reaggregation.scope import Scope, check_dates, check_floor, scope_of
from insights.rollups.generations import raise_or_remember
from insights.rollups.recompute import recompute
from insights.rollups.targets import Target
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
from warehouse.errors import WarehouseRefused

logger = structlog.get_logger(__name__)

TELL_SECONDS = 10.0
LONGEST_LOOK = 30.0  # for something to do, within a turn
ALL_REFUSED = "The warehouse refused something of every day; the warnings name them, the log says why."


class Plan(msgspec.Struct, frozen=True):
    """What a run would do."""

    campaigns: int
    days: int
    rows: int
    pieces: int
    warnings: list[dict[str, str]]


def reaggregate_plan(scope: Scope) -> Plan:
    """Changes nothing. Raises as `reaggregate_ask` does, and WarehouseUnavailable."""
    check_dates(scope)
    warnings = check_floor(scope)
    found = [piece for piece in pieces(scope) if piece.targets]
    campaigns = {piece.place.campaign_id for piece in found}
    days, rows = sum(piece.days for piece in found), sum(piece.rows for piece in found)
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
            return _work(run, seconds)
        finally:
            run_pause(run=run)  # unless it has ended
    return None


def _work(run: Run, seconds: float) -> Run | None:
    """Its time begins once something is found to be done: to look for that may take longer."""
    scope = scope_of(run.parameters)
    if run.place is None:
        run_progress(run=run, total=_counted(run, scope), warnings=but_refused(run.warnings))
    until, latest = None, time.monotonic() + LONGEST_LOOK
    for piece in pieces(scope, _place_of(run)):
        if piece.targets:
            until = until or time.monotonic() + seconds
        _work_off(run, piece)
        if time.monotonic() > (until or latest):
            return run
    _end(run)
    return None


def _counted(run: Run, scope: Scope) -> int:
    """The days; of very many it may take minutes."""
    days, told_at = 0, time.monotonic()
    for piece in pieces(scope):
        days += piece.days
        if time.monotonic() - told_at > TELL_SECONDS:
            run_progress(run=run)
            told_at = time.monotonic()
    return days


def _work_off(run: Run, piece: Piece) -> None:
    """A day of which something was refused is not done."""
    refused = _recompute(run, piece.targets) if piece.targets else []
    done = run.done + max(piece.days - len(days_of(refused)), 0)
    place = msgspec.to_builtins(piece.place)
    warnings = with_refused(run.warnings, refused)
    run_progress(run=run, done=done, place=place, total=max(done, run.total or 0), warnings=warnings)


def _recompute(run: Run, targets: Sequence[Target]) -> list[Target]:
    """What was refused, none longer than a day; everything else is recomputed."""
    try:
        raise_or_remember(recompute(targets))
    except WarehouseRefused as refusal:
        run_progress(run=run)  # finding what is refused takes its time
        both = halves(targets)
        if both:
            return [refused for half in both for refused in _recompute(run, half)]
        _tell_refused(targets[0], refusal)
        raise_or_remember({targets[0].campaign_id})  # its finer levels may have changed
        return list(targets)
    return []


def _tell_refused(target: Target, refusal: WarehouseRefused) -> None:
    told = {name: str(value) for name, value in target._asdict().items()}
    logger.error("reaggregate_refused", **told, reason=refusal.reason)


def _end(run: Run) -> None:
    """Whoever resumes what was refused altogether begins anew."""
    if but_refused(run.warnings) == run.warnings:
        run_progress(run=run, total=run.done)
    elif not run.done:
        run_progress(run=run, place=None)
        run_failed(run=run, error=ALL_REFUSED)
        return
    run_succeeded(run=run)


def _place_of(run: Run) -> Place | None:
    stored: Any = run.place
    return msgspec.convert(stored, Place) if stored else None
