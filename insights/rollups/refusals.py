"""What ClickHouse refuses to recompute is set aside, so that everything else goes on; so is what we fail at.

The mark of such a bucket stays unsettled and its campaign is not said to be fresh. It is tried again after
pauses that grow; once it comes through, its mark is worked off as any other.
"""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError
from django.db.models import F, QuerySet
from django.utils import timezone

from campaigns.models import Campaign
from insights.models import SetAside
from insights.rollups.marks import Mark, made_at
from insights.rollups.recompute import recompute
from insights.rollups.reports import with_former_places
from runtime.config import configuration
from warehouse.errors import WarehouseFailure, WarehouseRefused, WarehouseUnavailable

logger = structlog.get_logger(__name__)

STORES_AWAY = (WarehouseUnavailable, OperationalError, InterfaceError)

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


class Bucket(NamedTuple):
    workspace_id: UUID
    campaign_id: UUID
    source: str
    bucket: datetime


class Recomputed(NamedTuple):
    """The campaigns whose figures may have changed, and the marks that were set aside or left instead."""

    campaigns: set[UUID]
    aside: set[Mark]
    left: set[Mark]


def recompute_but_refused(
    marks: Sequence[Mark], data_through: datetime | None, until: float, *, days_too: bool = True
) -> Recomputed:
    """As `recompute`; what is refused is halved until the marks are found that are refused by themselves.

    A mistake of ours is no better than a refusal: it may cost a bucket, and no other figure.

    Others are left once it is later than `until`, for a server may refuse everything.
    """
    if not marks:
        return Recomputed(set(), set(), set())
    try:
        return Recomputed(recompute((mark.target for mark in marks), days_too=days_too), set(), set())
    except STORES_AWAY:
        raise
    except Exception as refusal:
        if len(marks) == 1:
            return set_mark_aside(marks[0], refusal, data_through)
    half = len(marks) // 2
    in_order = sorted(marks)  # what is refused for one reason lies together
    work = partial(recompute_but_refused, days_too=days_too)
    return _one_after_another(work, [in_order[:half], in_order[half:]], data_through, until)


def try_each_again(marks: Sequence[Mark], data_through: datetime | None, until: float) -> Recomputed:
    """As `recompute_but_refused`; if they do not end in time together, each is tried by itself."""
    try:
        return recompute_but_refused(marks, data_through, until)
    except WarehouseUnavailable as error:
        if len(marks) == 1:
            return set_mark_aside(marks[0], error, data_through)
    return _one_after_another(try_each_again, [[mark] for mark in marks], data_through, until)


def _one_after_another(
    work: Callable[[Sequence[Mark], datetime | None, float], Recomputed],
    parts: Sequence[Sequence[Mark]],
    data_through: datetime | None,
    until: float,
) -> Recomputed:
    """The first part in any case, so that every call comes farther."""
    done = [work(parts[0], data_through, until)]
    for part in parts[1:]:
        is_late = time.monotonic() > until
        done.append(Recomputed(set(), set(), set(part)) if is_late else work(part, data_through, until))
    return Recomputed(*(set().union(*each) for each in zip(*done, strict=True)))


def set_mark_aside(mark: Mark, failure: Exception, data_through: datetime | None) -> Recomputed:
    """With it a bucket of each campaign that its report was moved from: their figures wait for the same.

    If all of them were deleted, nobody waits, and the mark counts as recomputed.
    """
    buckets = _with_former_campaigns(mark)
    if not Campaign.objects.filter(id__in={bucket.campaign_id for bucket in buckets}).exists():
        logger.warning("mark_forgotten", campaign_id=str(mark.campaign_id), reason=str(failure))
        return Recomputed(set(), set(), set())
    through = min(data_through, _sure_before(mark)) if data_through else None
    for bucket in buckets:
        set_aside(bucket, failure, data_through=through, version=mark.version)
    return Recomputed(set(), {mark}, set())


def _with_former_campaigns(mark: Mark) -> list[Bucket]:
    try:
        places = with_former_places([mark.target])
    except Exception as error:  # it may be this very question
        logger.warning("former_places_unknown", campaign_id=str(mark.campaign_id), reason=str(error))
        places = []
    nearest_last = sorted(places, key=lambda place: abs(place.first - mark.bucket), reverse=True)
    former = {place.campaign_id: Bucket(*place[:4]) for place in nearest_last}
    return list((former | {mark.campaign_id: Bucket(*mark[:4])}).values())


def _sure_before(mark: Mark) -> datetime:
    """More may have been said meanwhile, if it stood aside before and its row was deleted."""
    settle = timedelta(seconds=configuration().aggregation.settle_seconds)
    return made_at(mark.version) - settle


def set_aside(bucket: Bucket, failure: Exception, *, data_through: datetime | None, version: int = 0) -> None:
    """`data_through` was said before. Of what stands aside already the reason alone is told anew."""
    row, is_new = SetAside.objects.get_or_create(
        **bucket._asdict(),
        defaults={
            "version": version,
            "data_through": data_through,
            "next_try_at": timezone.now() + FIRST_PAUSE,
        },
    )
    row.code = failure.code if isinstance(failure, WarehouseRefused) else None
    row.reason = _told(failure)
    row.save(update_fields=("code", "reason"))
    told = {name: str(value) for name, value in bucket._asdict().items()}
    where = None if isinstance(failure, WarehouseFailure) else failure
    logger.error("set_aside", **told, tries=row.tries, is_new=is_new, reason=row.reason, exc_info=where)


def _told(failure: Exception) -> str:
    if isinstance(failure, WarehouseFailure):
        return failure.reason
    return f"A mistake of the product, which the log shows: {type(failure).__name__}: {failure}"


def standing_aside() -> frozenset[Bucket]:
    """What no portion takes."""
    return frozenset(Bucket(*row) for row in SetAside.objects.values_list(*Bucket._fields))


def due(most: int) -> list[SetAside]:
    """Marked buckets that are to be tried now. Each is put off at once: a try may end in any way."""
    rows = list(
        SetAside.objects.filter(next_try_at__lte=timezone.now())
        .exclude(source=SetAside.DAYS)
        .order_by("next_try_at")[:most]
    )
    put_off(rows)
    return rows


def take_back(rows: Collection[SetAside]) -> None:
    """They came through."""
    SetAside.objects.filter(pk__in=[row.pk for row in rows]).delete()
    logger.info("taken_back", buckets=len(rows))


def put_off(rows: Collection[SetAside]) -> None:
    for row in rows:
        pause = min(FIRST_PAUSE * 2 ** min(row.tries, 10), LONGEST_PAUSE)
        SetAside.objects.filter(pk=row.pk).update(tries=F("tries") + 1, next_try_at=timezone.now() + pause)


def try_now(rows: QuerySet[SetAside]) -> int:
    """Somebody has mended what they waited for; returns how many there were."""
    return rows.update(next_try_at=timezone.now())


def make_due(rows: Collection[SetAside]) -> None:
    """They were put off, and then not tried."""
    SetAside.objects.filter(pk__in=[row.pk for row in rows]).update(
        tries=F("tries") - 1, next_try_at=timezone.now()
    )


def mark_of(row: SetAside) -> Mark:
    return Mark(row.workspace_id, row.campaign_id, row.source, row.bucket, row.version, 0)
