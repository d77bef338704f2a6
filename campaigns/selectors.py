"""Reads, always through the eyes of a caller: what they may not see is not there."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from rest_framework.exceptions import NotFound

from accounts.caller import Caller
from campaigns.models import Campaign, CampaignGrant, Connection
from campaigns.references import as_uuid, is_reference

_FIELDS = Campaign._meta.concrete_fields
_ATTRIBUTES = [field.attname for field in _FIELDS]
_VISIBLE = """
FROM campaigns_campaign c
WHERE c.workspace_id = %(home)s AND (NOT %(restricted)s OR EXISTS (
    SELECT FROM campaigns_campaigngrant g
    WHERE g.campaign_id = c.id AND g.membership_id = %(membership)s
))
"""
_CAMPAIGN = f"""SELECT {", ".join(f"c.{field.column}" for field in _FIELDS)} {_VISIBLE}"""
_NAMED = f"""SELECT c.id::text, c.reference, c.platform, c.currency,
    (SELECT w.raw_floor FROM accounts_workspace w WHERE w.id = c.workspace_id) {_VISIBLE}
AND (c.id = ANY(%(ids)s::uuid[]) OR c.reference = ANY(%(references)s::text[]))"""  # noqa: S608 (its parts stand here)
_CAMPAIGN_BY_ID = _CAMPAIGN + "AND c.id = %(name)s"
_CAMPAIGN_BY_REFERENCE = _CAMPAIGN + "AND c.reference = %(name)s"


class NamedCampaign(NamedTuple):
    """What the doors must know of the campaign that an event names."""

    id: UUID
    reference: str
    platform: str
    currency: str
    raw_floor: date | None  # its workspace takes no facts from before this day


def campaigns_visible(caller: Caller) -> QuerySet[Campaign]:
    """The workspace's campaigns, archived ones too; for a restricted caller those that were granted."""
    campaigns = Campaign.objects.filter(workspace_id=caller.home)
    if not caller.restricted:
        return campaigns
    if caller.membership_id is None:
        return campaigns.none()
    return campaigns.filter(grants__membership_id=caller.membership_id)


def campaign_get(caller: Caller, name: str) -> Campaign:
    """By id or by reference. Raises NotFound.

    Every read of one campaign begins here, so it is one plain statement with the rule of
    `campaigns_visible` in it: the ORM would spend four times the query's own time on writing it.
    """
    identifier = as_uuid(name)
    if identifier is None and not is_reference(name):
        raise NotFound
    statement = _CAMPAIGN_BY_ID if identifier else _CAMPAIGN_BY_REFERENCE
    parameters = {
        "name": identifier or name,
        "home": caller.home,
        "restricted": caller.restricted,
        "membership": caller.membership_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
    if row is None:
        raise NotFound
    return Campaign.from_db(connection.alias, _ATTRIBUTES, row)


def campaigns_named(caller: Caller, names: Collection[str]) -> dict[str, NamedCampaign]:
    """Those of these ids and references that the caller may see, by the name given; in one statement.

    Archived ones too: what happened before is still told after, and it is a fact.
    """
    identifiers = {name: as_uuid(name) for name in names}
    spelled = {name: str(own) for name, own in identifiers.items() if own}
    parameters: dict[str, Any] = {
        "ids": f"{{{','.join(spelled.values())}}}",  # as text: 200 as a list of UUIDs take a third longer
        "references": [name for name, own in identifiers.items() if own is None and is_reference(name)],
        "home": caller.home,
        "restricted": caller.restricted,
        "membership": caller.membership_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, parameters)
        rows = cursor.fetchall()
    by_id = {row[0]: row for row in rows}
    by_reference = {row[1]: row for row in rows}
    found = {
        name: by_id.get(spelled[name]) if own else by_reference.get(name) for name, own in identifiers.items()
    }
    return {
        name: NamedCampaign(identifiers[name] or UUID(row[0]), *row[1:]) for name, row in found.items() if row
    }


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
