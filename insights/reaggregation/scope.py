"""What is to be recomputed, and which part of it still can be."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.db.models import Q, QuerySet

from accounts.models import Workspace
from api.problem_codes import ProblemCode
from api.problems import Problem, field_problem
from campaigns.models import Campaign
from insights.local_days import utc_midnight
from insights.query.dates import EARLIEST, LATEST

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
CAMPAIGNS_AT_ONCE = 20


class Scope(msgspec.Struct, frozen=True, omit_defaults=True):
    """A campaign, else a workspace, else everything; of each campaign these days of its own, inclusive."""

    campaign_id: UUID | None = None
    workspace_id: UUID | None = None
    start_date: date | None = None
    end_date: date | None = None

    def parameters(self) -> dict[str, Any]:
        """As a run keeps them."""
        return dict(msgspec.to_builtins(self))


class CampaignRange(msgspec.Struct, frozen=True):
    """The instants of one campaign that are wanted and lie above the raw floor; `last` is exclusive."""

    workspace_id: UUID
    campaign_id: UUID
    first: datetime
    last: datetime


def scope_of(parameters: dict[str, Any]) -> Scope:
    return msgspec.convert(parameters, Scope, strict=False)


def check_dates(scope: Scope) -> None:
    for field, day in (("start_date", scope.start_date), ("end_date", scope.end_date)):
        if day and not EARLIEST <= day <= LATEST:
            raise field_problem(field, "invalid", f"Give a day from {EARLIEST} to {LATEST}.")
    if scope.start_date and scope.end_date and scope.end_date < scope.start_date:
        raise field_problem("end_date", "before_start", "The end lies before the start.")


def check_floor(scope: Scope) -> list[dict[str, str]]:
    """What of the scope stays as it is. Raises a `below_raw_floor` problem if that is all of it."""
    floors = list(_floors(scope))
    if not floors:
        return []
    if scope.end_date and len(floors) == _workspaces(scope).count() and scope.end_date < min(floors):
        raise Problem(ProblemCode.BELOW_RAW_FLOOR, f"Raw facts are kept from {min(floors)} on.")
    touched = [floor for floor in floors if scope.start_date and scope.start_date < floor]
    return [{"code": "below_raw_floor", "message": _left_alone(touched)}] if touched else []


def ranges(scope: Scope, *, begin_with: UUID | None = None) -> Iterator[list[CampaignRange]]:
    """In the order of the campaigns' ids, some at a time; the floors are read with each of them."""
    after = Q(id__gte=begin_with) if begin_with else Q()
    while found := _page(scope, after):
        yield [each for each in (_range_of(scope, *row) for row in found) if each.first < each.last]
        after = Q(id__gt=found[-1][0])


def _page(scope: Scope, after: Q) -> list[Any]:
    columns = ("id", "workspace_id", "timezone", "workspace__raw_floor")
    rows = _campaigns(scope).filter(after).order_by("id").values_list(*columns)
    return list(rows[:CAMPAIGNS_AT_ONCE])


def _range_of(
    scope: Scope, campaign_id: UUID, workspace_id: UUID, timezone: str, floor: date | None
) -> CampaignRange:
    zone = ZoneInfo(timezone)
    first = _midnight(scope.start_date, zone) if scope.start_date else BEGINNING
    lowest = utc_midnight(floor) if floor else BEGINNING
    tomorrow = datetime.now(UTC) + timedelta(days=1)  # a sender's clock may be ahead
    last = _midnight(scope.end_date + timedelta(days=1), zone) if scope.end_date else tomorrow
    return CampaignRange(workspace_id, campaign_id, max(first, lowest), _whole_minute(last))


def _campaigns(scope: Scope) -> QuerySet[Campaign]:
    campaigns = Campaign.objects.all()
    if scope.campaign_id:
        return campaigns.filter(id=scope.campaign_id)
    return campaigns.filter(workspace_id=scope.workspace_id) if scope.workspace_id else campaigns


def _workspaces(scope: Scope) -> QuerySet[Workspace]:
    return Workspace.objects.filter(id__in=_campaigns(scope).values("workspace_id"))


def _floors(scope: Scope) -> Iterator[date]:
    for floor in _workspaces(scope).exclude(raw_floor=None).values_list("raw_floor", flat=True):
        assert floor
        yield floor


def _left_alone(floors: list[date]) -> str:
    days = f"Days before {floors[0]}" if len(set(floors)) == 1 else f"In {len(floors)} workspaces old days"
    return f"{days} keep the figures they have: their raw facts are gone."


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _whole_minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)
