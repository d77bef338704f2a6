"""Lets go of raw rows that are older than anybody wants them kept; figures stay.

Each run takes every workspace one step further (see `accounts.floors`) and then drops what may go. Whatever
is killed in between, the next run goes on from what stands in Postgres.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db.models import F, Q
from django.utils import timezone

from accounts.floors import floor_for
from accounts.models import Workspace
from accounts.services.floors import raw_floor_raise, raw_floor_seal
from insights.local_days import utc_midnight
from insights.rollups.progress import data_through
from runtime.config import configuration
from warehouse import client
from warehouse.partitions import FEATURE, delete_from_month, drop_partition, partitions_of
from warehouse.tables import (
    DIRTY_BUCKETS,
    DIRTY_CLICK_IDS,
    DIRTY_VISITORS,
    INTERACTIONS,
    INTERACTIONS_BY_CLICK_ID,
    INTERACTIONS_BY_VISITOR,
    METRIC_EVENTS,
    PERFORMANCE_HISTORY,
    SNAPSHOT_SLICES,
    SNAPSHOTS,
    Table,
)

logger = structlog.get_logger(__name__)

BY_INSTANT = (METRIC_EVENTS, INTERACTIONS, INTERACTIONS_BY_VISITOR, INTERACTIONS_BY_CLICK_ID)
# Their months are the ad account's own, hours away from UTC: they are kept a month longer, so that no
# instant above the floor has lost its rows.
BY_WALL_CLOCK = (SNAPSHOT_SLICES, SNAPSHOTS, PERFORMANCE_HISTORY)

# How long a process may still believe in the floor before, and a recompute that it began may run.
BELIEF = timedelta(minutes=10)
IN_FLIGHT = timedelta(hours=1)

Floors = Mapping[UUID, date]
NEVER = date(1970, 1, 1)

_UNSEALED = Q(raw_floor__isnull=False, sealed_before=None) | Q(raw_floor__gt=F("sealed_before"))

_FLOOR = "toDateTime(%(floor)s, 'UTC')"
_BELOW = " FINAL WHERE workspace_id IN %(workspaces)s AND "
_COUNT_MARKS = f"SELECT count() FROM dirty_buckets{_BELOW}bucket < {_FLOOR}"  # noqa: S608
_SETTLE_MARKS = tuple(
    f"INSERT INTO {table.name} ({table.sorting_key}, version, settled) "  # noqa: S608
    f"SELECT {table.sorting_key}, bitOr(version, 1), 1 FROM {table.name}{_BELOW}{is_below}"
    for table, is_below in (
        (DIRTY_BUCKETS, f"bucket < {_FLOOR}"),
        (DIRTY_VISITORS, f"day < toDate({_FLOOR})"),
        (DIRTY_CLICK_IDS, f"day < toDate({_FLOOR})"),
    )
)


def retention_apply() -> None:
    """Raises WarehouseUnavailable; what was done stays done."""
    for workspace in Workspace.objects.all():
        _raise(workspace)
    for workspace in Workspace.objects.filter(_UNSEALED):
        _seal(workspace)
    floors = _floors_to_drop_below()
    _settle_marks_below(floors)
    lowest_soon = _lowest_of_all()
    for table in (*BY_INSTANT, *BY_WALL_CLOCK):
        _drop_below(table, floors, lowest_soon)


def drops(month: int, floor: date, table: Table) -> bool:
    """Whether no row of this month is of use to anything above the floor."""
    kept_longer = 1 if table in BY_WALL_CLOCK else 0
    return month < _number(floor_for(kept_longer, floor))


def _raise(workspace: Workspace) -> None:
    months = workspace.raw_months or configuration().retention.raw_months
    floor = floor_for(months, timezone.now().date())
    if raw_floor_raise(workspace_id=workspace.id, floor=floor):
        logger.info("raw_floor_raised", workspace_id=str(workspace.id), floor=str(floor))


def _seal(workspace: Workspace) -> None:
    """Not before everything that the edge let through under the floor before is in the figures for good."""
    floor, moved_at = workspace.raw_floor, workspace.floor_moved_at
    assert floor
    assert moved_at
    through = data_through()
    if through is None or through < moved_at + BELIEF or _marks_below(floor, workspace.id):
        logger.info("raw_floor_waits", workspace_id=str(workspace.id), floor=str(floor), through=str(through))
        return
    raw_floor_seal(workspace_id=workspace.id, floor=floor)
    logger.info("raw_floor_sealed", workspace_id=str(workspace.id), floor=str(floor))


def _floors_to_drop_below() -> Floors:
    """Of every workspace, and the beginning of time for those whose floor may not be known everywhere yet."""
    long_ago = timezone.now() - IN_FLIGHT
    rows = Workspace.objects.values_list("id", "sealed_before", "floor_moved_at")
    return {
        workspace_id: sealed if sealed and (moved_at is None or moved_at < long_ago) else NEVER
        for workspace_id, sealed, moved_at in rows
    }


def _settle_marks_below(floors: Floors) -> None:
    """Marks that came after the sealing: nobody recomputes them any more. So with visitors and click ids."""
    sealed = {floor: workspaces for floor, workspaces in _by_floor(floors).items() if floor > NEVER}
    for floor, workspaces in sealed.items():
        for statement in _SETTLE_MARKS:
            client.writer().run(statement, _parameters(floor, workspaces), feature=FEATURE)


def _lowest_of_all() -> date:
    """What all will let go of once their floors are known everywhere."""
    sealed = Workspace.objects.values_list("sealed_before", flat=True)
    return min((floor or NEVER for floor in sealed), default=NEVER)


def _drop_below(table: Table, floors: Floors, lowest_soon: date) -> None:
    lowest = min(floors.values(), default=NEVER)
    for month in partitions_of(table, reader=client.reader()):
        if drops(month, lowest, table):
            drop_partition(table, month, writer=client.writer())
            logger.info("raw_month_dropped", table=table.name, month=month)
        elif not drops(month, lowest_soon, table):  # else it goes as a whole within the hour
            _delete_from(table, month, [who for who, floor in floors.items() if drops(month, floor, table)])


def _delete_from(table: Table, month: int, workspaces: Sequence[UUID]) -> None:
    """Others want this month kept longer."""
    there = _with_rows(table, month, workspaces) if workspaces else []
    if there:
        delete_from_month(table, month, there, writer=client.writer())
        logger.info("raw_month_deleted", table=table.name, month=month, workspaces=len(there))


def _with_rows(table: Table, month: int, workspaces: Sequence[UUID]) -> list[UUID]:
    rows = client.reader().rows(
        f"SELECT DISTINCT workspace_id FROM {table.name}"  # noqa: S608
        " WHERE _partition_id = %(month)s AND workspace_id IN %(workspaces)s",
        {"month": str(month), "workspaces": tuple(workspaces)},
        feature=FEATURE,
    )
    return [workspace_id for (workspace_id,) in rows]


def _marks_below(floor: date, workspace_id: UUID) -> int:
    found: int = client.reader().value(_COUNT_MARKS, _parameters(floor, [workspace_id]), feature=FEATURE)
    return found


def _parameters(floor: date, workspaces: Sequence[UUID]) -> dict[str, Any]:
    return {"floor": int(utc_midnight(floor).timestamp()), "workspaces": tuple(workspaces)}


def _by_floor(floors: Floors) -> dict[date, list[UUID]]:
    grouped: dict[date, list[UUID]] = {}
    for workspace_id, floor in floors.items():
        grouped.setdefault(floor, []).append(workspace_id)
    return grouped


def _number(month: date) -> int:
    """As partitions are named: 202611."""
    return month.year * 100 + month.month
