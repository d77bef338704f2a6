"""rollup(bucket) = f(deduplicated raw rows of the bucket), for every bucket that a target touches.

Whoever wants figures to be right, for whatever reason, calls `recompute`: nothing outside this module
writes a rollup.
"""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from insights.local_days import days_since_1970, days_touched
from insights.rollups import statements
from insights.rollups.floors import above_floors
from insights.rollups.marks import RECOMPUTING
from insights.rollups.reports import with_former_places
from insights.rollups.statements import Below
from insights.rollups.targets import Target, checked, chunks, coalesced
from insights.rollups.zones import campaigns_by_zone
from runtime.config import configuration
from runtime.fault_points import FaultPoint, reached
from runtime.telemetry.metrics import Metric, observe
from warehouse import client
from warehouse.client import LongText
from warehouse.errors import WarehouseUnavailable

# Much longer than a statement takes or a clock is set back.
NEARLY = timedelta(hours=12)


class Step(NamedTuple):
    sql: str
    targets: Sequence[Target]
    zone: str = ""


def recompute(targets: Iterable[Target], *, days_too: bool = True) -> set[UUID]:
    """At all levels. Twice is as good as once, and two may overlap: settling their marks puts it right.

    Without `days_too` the days that are made of quarters of an hour stay as they are.

    Returns the campaigns whose figures may have changed: a report may have moved away from another one.

    What is sealed stays as it is: the raw rows that told it may be gone.

    Raises WarehouseUnavailable: any part of it may have happened, so all of it should be asked for again.
    Raises ValueError for a target that is not in whole minutes of UTC.
    """
    asked = coalesced([checked(target) for target in targets])
    wanted = above_floors(with_former_places(asked))
    for chunk in chunks(wanted):
        _recompute(chunk, days_too=days_too)
    return {target.campaign_id for target in wanted}


def recompute_days(targets: Iterable[Target], zone: str) -> None:
    """In one zone, from the 15 minutes as they stand. Raises as `recompute` does."""
    for chunk in chunks(targets):
        _run(Step(statements.days_of_quarter_hours(), chunk, zone), time.monotonic() + _limit())


def _recompute(chunk: Sequence[Target], *, days_too: bool) -> None:
    """The statements of one chunk end together within the limit that settling relies on."""
    began = time.monotonic()
    reached(FaultPoint.RECOMPUTE_BEFORE)
    for number, step in enumerate(steps_of(chunk, _now(), days_too=days_too)):
        if number:
            reached(FaultPoint.RECOMPUTE_HALF_WAY)
        _run(step, began + _limit())
    reached(FaultPoint.RECOMPUTE_AFTER)
    observe(Metric.RECOMPUTE_SECONDS, time.monotonic() - began, family=chunk[0].family)


def steps_of(chunk: Sequence[Target], now: datetime, *, days_too: bool = True) -> Iterator[Step]:
    """From the finest level to the coarsest, each made of the one before. `now` is the engine's."""
    family = chunk[0].family
    if family == "days":
        yield Step(statements.days_of_daily_reports(), chunk)
        return
    if family == "facts":
        sources = {target.source for target in chunk}
        below = _below(chunk, now)
        if Below.MINUTES in below:
            yield Step(statements.minutes_of_facts(sources), chunk)
        yield Step(statements.quarter_hours_of_facts(sources, below), chunk)
    else:
        yield Step(statements.quarter_hours_of_hourly_reports(), chunk)
    if days_too:
        yield from _days(chunk)


def _below(chunk: Sequence[Target], now: datetime) -> set[Below]:
    """Near the age at which minutes serve no more the statement itself decides, bucket by bucket."""
    aged = now - timedelta(hours=statements.MINUTES_SERVE_HOURS)
    below = set()
    if max(target.last for target in chunk) > aged - NEARLY:
        below.add(Below.MINUTES)
    if min(target.first for target in chunk) < aged + NEARLY:
        below.add(Below.RAW_ROWS)
    return below


def _days(chunk: Sequence[Target]) -> Iterator[Step]:
    for zone, campaigns in campaigns_by_zone({target.campaign_id for target in chunk}).items():
        theirs = [target for target in chunk if target.campaign_id in campaigns]
        yield Step(statements.days_of_quarter_hours(), theirs, zone)


def _now() -> datetime:
    now: datetime = client.writer().value("SELECT now('UTC')", feature=RECOMPUTING)
    return now


def _limit() -> int:
    return configuration().aggregation.statement_seconds


def _run(step: Step, until: float) -> None:
    seconds = round(until - time.monotonic(), 1)
    if seconds <= 0:
        raise WarehouseUnavailable("The statements of a recompute took longer than they may together.")
    client.writer().run(step.sql, parameters_of(step, seconds), feature=RECOMPUTING)


def parameters_of(step: Step, seconds: float) -> dict[str, Any]:
    spans = [target.span for target in step.targets]
    return {
        "spans": LongText(json.dumps(spans)),
        "zone": step.zone,
        "first": min(first for *_, first, _ in spans),
        "last": max(last for *_, last in spans),
        "seconds": seconds,
        **(_days_of(step) if step.zone else {}),
    }


def _days_of(step: Step) -> dict[str, Any]:
    length = statements.QUARTER_HOUR.seconds
    spans = [(target.span[3] // length * length, target.span[4]) for target in step.targets]
    touched = days_touched(spans, step.zone)
    days = [(days_since_1970(day.date), day.begins, day.ends) for day in touched]
    begins = {begin: number for number, begin, _ in days}
    edges = sorted({0, *begins, *(end for *_, end in days)})
    return {"days": days, "edges": edges, "dates": [begins.get(edge, 0) for edge in edges]}
