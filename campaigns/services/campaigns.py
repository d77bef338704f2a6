"""Creates, edits and archives campaigns.

An archived campaign is closed: the only edit it takes is one whose `status` says that it is no longer
archived; whatever else that edit changes is applied with it.
"""

from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from django.db import transaction
from django.utils import timezone

from accounts.models import Workspace
from api.problem_codes import ProblemCode
from api.problems import Problem, field_problem
from campaigns.choices import CampaignStatus
from campaigns.constraints import refused_as_field_errors
from campaigns.models import Campaign, Connection
from campaigns.services.references import check_reference, save_under_next_reference
from campaigns.versions import claim


class Budget(TypedDict):
    amount: Decimal
    currency: str
    period: str


class CampaignFields(TypedDict, total=False):
    """What a person says about a campaign; what is left out stays, or takes its default."""

    name: str
    reference: str
    platform: str
    objective: str
    status: str
    budget: Budget | None
    currency: str
    timezone: str
    start_date: date | None
    end_date: date | None
    external_id: str
    connection: Connection | None
    tags: list[str]


@transaction.atomic
def campaign_create(*, workspace: Workspace, fields: CampaignFields) -> Campaign:
    """Raises a field problem for a reference that is taken or malformed, and for what contradicts itself."""
    campaign = Campaign(workspace=workspace)
    _assign(campaign, _defaults(workspace, fields) | fields)
    with refused_as_field_errors():
        if campaign.reference:
            check_reference(campaign.reference)
            campaign.save(force_insert=True)
        else:
            save_under_next_reference(campaign)
    return campaign


@transaction.atomic
def campaign_update(
    *, campaign: Campaign, changes: CampaignFields, expected_version: int | None = None
) -> Campaign:
    """Change what is named and nothing else."""
    current = claim(campaign, expected_version)
    _refuse_archived(current, changes)
    return _save(current, changes)


@transaction.atomic
def campaign_replace(
    *, campaign: Campaign, fields: CampaignFields, expected_version: int | None = None
) -> Campaign:
    """Change what is named and return the rest to its defaults; the reference stays what it is."""
    current = claim(campaign, expected_version)
    _refuse_archived(current, fields)
    return _save(current, _defaults(current.workspace, fields) | fields)


@transaction.atomic
def campaign_archive(*, campaign: Campaign, expected_version: int | None = None) -> Campaign:
    """Doing it again changes nothing."""
    if campaign.archived_at is not None and expected_version is None:
        return campaign
    current = claim(campaign, expected_version)
    return _save(current, {"status": CampaignStatus.ARCHIVED})


def _defaults(workspace: Workspace, fields: CampaignFields) -> CampaignFields:
    """A campaign in an ad account is counted as that account is: in its currency and its days."""
    home = fields.get("connection") or workspace
    return {
        "objective": "",
        "status": CampaignStatus.DRAFT,
        "budget": None,
        "currency": home.currency,
        "timezone": home.timezone,
        "start_date": None,
        "end_date": None,
        "external_id": "",
        "connection": None,
        "tags": [],
    }


def _refuse_archived(campaign: Campaign, changes: CampaignFields) -> None:
    stays = changes.get("status", CampaignStatus.ARCHIVED) == CampaignStatus.ARCHIVED
    if campaign.archived_at is not None and stays:
        raise Problem(
            ProblemCode.CONFLICT, "This campaign is archived. Set its status to take it back into use."
        )


def _save(campaign: Campaign, changes: CampaignFields) -> Campaign:
    reference = changes.get("reference", campaign.reference)
    if reference != campaign.reference:
        raise field_problem("reference", "immutable", "A reference is given once and stays.")
    changed = _assign(campaign, changes)
    with refused_as_field_errors():
        campaign.save(update_fields=[*changed, "updated_at"])
    return campaign


def _assign(campaign: Campaign, fields: CampaignFields) -> list[str]:
    """Put the fields into the columns that hold them; returns those columns."""
    columns = _columns(fields)
    if "status" in columns:
        columns["archived_at"] = _archived_at(campaign, columns["status"])
    for name, value in columns.items():
        setattr(campaign, name, value)
    _check_dates(campaign)
    if columns.keys() & {"connection", "platform"} and campaign.connection:
        _check_connection(campaign, campaign.connection)
    return list(columns)


def _columns(fields: CampaignFields) -> dict[str, Any]:
    columns: dict[str, Any] = {**fields}
    if "budget" in columns:
        budget = columns.pop("budget")
        columns["budget_amount"] = budget["amount"] if budget else None
        columns["budget_currency"] = budget["currency"] if budget else ""
        columns["budget_period"] = budget["period"] if budget else ""
    return columns


def _archived_at(campaign: Campaign, status: str) -> Any:
    return (campaign.archived_at or timezone.now()) if status == CampaignStatus.ARCHIVED else None


def _check_dates(campaign: Campaign) -> None:
    if campaign.start_date and campaign.end_date and campaign.end_date < campaign.start_date:
        raise field_problem("end_date", "before_start", "The end lies before the start.")


def _check_connection(campaign: Campaign, connection: Connection) -> None:
    """Holds the ad account until the transaction ends, so that nobody removes it meanwhile."""
    rows = Connection.objects.select_for_update(no_key=True)
    held = rows.filter(id=connection.id, workspace_id=campaign.workspace_id).first()
    if held is None:
        raise field_problem("connection", "not_found", "There is no such ad account.")
    if held.platform != campaign.platform:
        raise field_problem("platform", "mismatch", "The ad account is on another platform.")
