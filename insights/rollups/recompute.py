"""rollup(bucket) = f(deduplicated raw rows of the bucket), for every bucket that a target touches.

Whoever wants figures to be right, for whatever reason, calls `recompute`: nothing else writes a rollup.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from insights.rollups import statements
from insights.rollups.targets import Target, checked, chunks, coalesced
from insights.rollups.zones import campaigns_by_zone
from runtime.config import configuration
from runtime.fault_points import FaultPoint, reached
from runtime.telemetry.metrics import Metric, observe
from warehouse import client

__all__ = ["Target", "recompute"]

FEATURE = "recompute"


class Step(NamedTuple):
    sql: str
    targets: Sequence[Target]
    zone: str = ""


def recompute(targets: Iterable[Target]) -> None:
    """At all levels. Twice is as good as once, and two may overlap: settling their marks puts it right.

    Raises WarehouseUnavailable: any part of it may have happened, so all of it should be asked for again.
    Raises ValueError for a target that is not in whole minutes of UTC.
    """
    for chunk in chunks(coalesced([checked(target) for target in targets])):
        _recompute(chunk)


def _recompute(chunk: Sequence[Target]) -> None:
    """The statements of one chunk end together within the limit that settling relies on."""
    began = time.monotonic()
    reached(FaultPoint.RECOMPUTE_BEFORE)
    for number, step in enumerate(_steps(chunk)):
        if number:
            reached(FaultPoint.RECOMPUTE_HALF_WAY)
        _run(step, began + configuration().aggregation.statement_seconds)
    reached(FaultPoint.RECOMPUTE_AFTER)
    observe(Metric.RECOMPUTE_SECONDS, time.monotonic() - began, family=chunk[0].family)


def _steps(chunk: Sequence[Target]) -> Iterator[Step]:
    """From the finest level to the coarsest, each made of the one before."""
    match chunk[0].family:
        case "facts":
            yield Step(statements.minutes_of_facts(), chunk)
            yield Step(statements.quarters_of_facts(), chunk)
            yield from _days(chunk)
        case "hours":
            yield Step(statements.quarters_of_hourly_reports(), chunk)
            yield from _days(chunk)
        case "days":
            yield Step(statements.days_of_daily_reports(), chunk)


def _days(chunk: Sequence[Target]) -> Iterator[Step]:
    for zone, campaigns in campaigns_by_zone({target.campaign_id for target in chunk}).items():
        theirs = [target for target in chunk if target.campaign_id in campaigns]
        yield Step(statements.days_of_quarters(), theirs, zone)


def _run(step: Step, until: float) -> None:
    spans = [target.span for target in step.targets]
    parameters: dict[str, Any] = {
        "spans": spans,
        "zone": step.zone,
        "first": min(first for *_, first, _ in spans),
        "last": max(last for *_, last in spans),
        "seconds": max(round(until - time.monotonic(), 1), 1),
    }
    client.writer().run(step.sql, parameters, feature=FEATURE)
