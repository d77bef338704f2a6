"""What rows look like to a client. Plain functions: a serializer would cost more than the query."""

from typing import Any

from campaigns.models import Campaign, CampaignGrant, Connection
from runtime.money import amount_text


def campaign_body(campaign: Campaign) -> dict[str, Any]:
    return {
        "id": campaign.id,
        "name": campaign.name,
        "reference": campaign.reference,
        "platform": campaign.platform,
        "objective": campaign.objective or None,
        "status": campaign.status,
        "budget": budget_body(campaign),
        "currency": campaign.currency,
        "timezone": campaign.timezone,
        "start_date": campaign.start_date,
        "end_date": campaign.end_date,
        "external_id": campaign.external_id or None,
        "connection": campaign.connection_id,
        "tags": campaign.tags,
        "version": campaign.version,
        "created_at": campaign.created_at,
        "updated_at": campaign.updated_at,
        "archived_at": campaign.archived_at,
    }


def budget_body(campaign: Campaign) -> dict[str, str] | None:
    if campaign.budget_amount is None:
        return None
    return {
        "amount": amount_text(campaign.budget_amount),
        "currency": campaign.budget_currency,
        "period": campaign.budget_period,
    }


def connection_body(connection: Connection) -> dict[str, Any]:
    """Of the credentials only whether there are any, and since when."""
    return {
        "id": connection.id,
        "platform": connection.platform,
        "external_account_id": connection.external_account_id,
        "name": connection.name,
        "currency": connection.currency,
        "timezone": connection.timezone,
        "status": connection.status,
        "has_credentials": connection.has_credentials,
        "credentials_set_at": connection.credentials_set_at,
        "version": connection.version,
        "created_at": connection.created_at,
        "updated_at": connection.updated_at,
    }


def grant_body(grant: CampaignGrant) -> dict[str, Any]:
    user = grant.membership.user
    return {
        "id": grant.id,
        "membership": grant.membership_id,
        "email": user.email,
        "name": user.name,
        "created_at": grant.created_at,
    }
