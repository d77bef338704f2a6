"""The days of a campaign in its zone: built beside the old ones whenever it is given another zone."""

import time
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from campaigns.models import Campaign
from insights.models import DaysBuilt, RecomputedThrough, SetAside
from insights.rollups import refusals
from insights.rollups.recompute import recompute_days
from insights.rollups.targets import Target
from warehouse import client
from warehouse.errors import WarehouseFailure, WarehouseRefused, WarehouseUnavailable

# Marks wait meanwhile: a long build goes on at the next tick.
SECONDS_A_TICK = 1.0
_MOST_AT_ONCE = 20
_MOST_TRIES = 3  # that do not end in time, before the others have their turn
_WINDOW = timedelta(days=10)
_EVERYTHING = """
SELECT source, min(bucket), max(bucket)
FROM rollup_15min
WHERE workspace_id = %(workspace)s AND campaign_id = %(campaign)s
GROUP BY source
"""


def build_missing_days(seconds: float = SECONDS_A_TICK) -> bool:
    """For about so long, where they are not complete in the campaign's zone; returns whether there is more.

    No recompute may run beside it but one that names its targets itself.
    """
    until = time.monotonic() + seconds
    _forget_what_nobody_misses()
    missing = _missing()
    for campaign in missing:
        if not _built_or_refused(campaign, until):
            return True
    return len(missing) == _MOST_AT_ONCE


def _forget_what_nobody_misses() -> None:
    """The campaign is gone, or was given back the zone whose days it has."""
    missed = _unbuilt().filter(pk=OuterRef("campaign_id"))
    SetAside.objects.filter(~Exists(missed), source=SetAside.DAYS).delete()


def _unbuilt() -> QuerySet[Campaign]:
    built = DaysBuilt.objects.filter(campaign=OuterRef("pk"), timezone=OuterRef("timezone"))
    return Campaign.objects.filter(~Exists(built))


def _missing() -> list[Campaign]:
    """First the one that is under way; without those whose build was refused a short while ago."""
    aside = SetAside.objects.filter(
        campaign_id=OuterRef("pk"), source=SetAside.DAYS, next_try_at__gt=timezone.now()
    )
    missing = _unbuilt().filter(~Exists(aside))
    first = None
    if under_way := RecomputedThrough.building_now():
        first = missing.filter(id=under_way["campaign"], timezone=under_way["timezone"]).first()
    if not first:
        _keep({})
    rest = missing.order_by("id")[:_MOST_AT_ONCE]
    return [first, *(each for each in rest if each != first)][:_MOST_AT_ONCE] if first else list(rest)


def _built_or_refused(campaign: Campaign, until: float) -> bool:
    """Whether it came to an end, and in time."""
    aside = SetAside.objects.filter(campaign_id=campaign.id, source=SetAside.DAYS)
    try:
        is_built = _build(campaign, until)
    except WarehouseUnavailable as error:
        if not aside.exists() and _is_worth_another_try(campaign):
            raise
        _set_aside(campaign, error)
        return time.monotonic() <= until
    except WarehouseRefused as refusal:
        _set_aside(campaign, refusal)
        return True
    if is_built:
        aside.delete()
    return is_built


def _is_worth_another_try(campaign: Campaign) -> bool:
    """Counts the tries that did not end in time. A window that does begins the count anew."""
    under_way = RecomputedThrough.building_now()
    if not _is_mine(under_way, campaign):
        under_way = _whose(campaign)
    tries = int(under_way.get("tries", "0")) + 1
    _keep(under_way | {"tries": str(tries)})
    return tries < _MOST_TRIES


def _set_aside(campaign: Campaign, failure: WarehouseFailure) -> None:
    """In the one row of the campaign, wherever it came to this time."""
    rows = SetAside.objects.filter(campaign_id=campaign.id, source=SetAside.DAYS)
    row = rows.first()
    bucket = row.bucket if row else _begun(campaign) or timezone.now()
    whole = refusals.Bucket(campaign.workspace_id, campaign.id, SetAside.DAYS, bucket)
    refusals.set_aside(whole, failure, data_through=None)
    refusals.put_off(rows)
    _keep({})


def _build(campaign: Campaign, until: float) -> bool:
    """At least some of it; returns whether it is complete.

    From then on the days of other zones are not kept up, so nobody may be told that they are complete.
    """
    whose = {"workspace": campaign.workspace_id, "campaign": campaign.id}
    spans = client.writer().rows(_EVERYTHING, whose, feature="days")
    if spans and not _build_windows(campaign, spans, until):
        return False
    with transaction.atomic():
        DaysBuilt.objects.filter(campaign=campaign).exclude(timezone=campaign.timezone).delete()
        DaysBuilt.objects.get_or_create(campaign=campaign, timezone=campaign.timezone)
        _keep({})
    return True


def _build_windows(campaign: Campaign, spans: list[tuple[Any, ...]], until: float) -> bool:
    """What is built is kept up from the moment that it is noted to be under way."""
    begun = _begun(campaign)
    at = begun or min(first for _, first, _ in spans)
    last = max(last for *_, last in spans) + timedelta(minutes=15)
    sources = [source for source, *_ in spans]
    if not begun:
        _keep(_under_way(campaign, at))
    while at < last:
        end = min(at + _WINDOW, last)
        recompute_days(
            (Target(campaign.workspace_id, campaign.id, source, at, end) for source in sources),
            campaign.timezone,
        )
        _keep(_under_way(campaign, end))
        if end < last and time.monotonic() > until:
            return False
        at = end
    return True


def _whose(campaign: Campaign) -> dict[str, str]:
    return {"campaign": str(campaign.id), "timezone": campaign.timezone}


def _under_way(campaign: Campaign, through: datetime) -> dict[str, str]:
    return {**_whose(campaign), "through": through.isoformat()}


def _begun(campaign: Campaign) -> datetime | None:
    under_way = RecomputedThrough.building_now()
    is_begun = _is_mine(under_way, campaign) and "through" in under_way
    return datetime.fromisoformat(under_way["through"]) if is_begun else None


def _is_mine(under_way: dict[str, str], campaign: Campaign) -> bool:
    return _whose(campaign).items() <= under_way.items()


def _keep(building: dict[str, str]) -> None:
    RecomputedThrough.objects.filter(id=RecomputedThrough.ONLY).update(building=building)
