"""Reads, always through the eyes of a caller: what they may not see is not there."""

from uuid import UUID

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound

from accounts.caller import Caller
from campaigns.models import Campaign, CampaignGrant, Connection
from campaigns.references import as_uuid, is_reference


def campaigns_visible(caller: Caller) -> QuerySet[Campaign]:
    """The workspace's campaigns, archived ones too; for a restricted caller those that were granted."""
    campaigns = Campaign.objects.filter(workspace_id=caller.home)
    if not caller.restricted:
        return campaigns
    if caller.membership_id is None:
        return campaigns.none()
    return campaigns.filter(grants__membership_id=caller.membership_id)


def campaign_get(caller: Caller, name: str) -> Campaign:
    """By id or by reference, in one query. Raises NotFound."""
    identifier = as_uuid(name)
    if identifier is None and not is_reference(name):
        raise NotFound
    named = {"id": identifier} if identifier else {"reference": name}
    campaign = campaigns_visible(caller).filter(**named).first()
    if campaign is None:
        raise NotFound
    return campaign


def connections_visible(caller: Caller) -> QuerySet[Connection]:
    """The workspace's ad accounts; for a restricted caller those that granted campaigns run in."""
    connections = Connection.objects.filter(workspace_id=caller.home)
    if caller.restricted:
        granted = campaigns_visible(caller).values("connection_id")
        return connections.filter(id__in=granted)
    return connections


def connection_get(caller: Caller, identifier: UUID) -> Connection:
    """Raises NotFound."""
    connection = connections_visible(caller).filter(id=identifier).first()
    if connection is None:
        raise NotFound
    return connection


def grants_of(campaign: Campaign) -> QuerySet[CampaignGrant]:
    return CampaignGrant.objects.filter(campaign=campaign).select_related("membership__user")


def grant_get(campaign: Campaign, identifier: UUID) -> CampaignGrant:
    """Raises NotFound."""
    grant = grants_of(campaign).filter(id=identifier).first()
    if grant is None:
        raise NotFound
    return grant
