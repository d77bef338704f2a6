"""From a request to what a service asks for."""

from typing import cast
from uuid import UUID

from rest_framework.request import Request

from accounts.caller import Caller, caller_of
from api.etags import check_if_match, etag_of
from api.problems import field_problem
from api.serializers import checked
from campaigns.api.serializers import CampaignSerializer
from campaigns.models import Connection, Versioned
from campaigns.selectors import connections_visible
from campaigns.services.campaigns import CampaignFields


def campaign_fields(request: Request, *, partial: bool = False) -> CampaignFields:
    fields = checked(CampaignSerializer, request, partial=partial)
    if fields.get("connection"):
        fields["connection"] = connection_named(caller_of(request), fields["connection"])
    return cast(CampaignFields, fields)


def connection_named(caller: Caller, identifier: UUID) -> Connection:
    """The ad account that a body names; one of another workspace is as unknown as one that never was."""
    connection = connections_visible(caller).filter(id=identifier).first()
    if connection is None:
        raise field_problem("connection", "not_found", "There is no such ad account.")
    return connection


def expected_version(request: Request, row: Versioned) -> int | None:
    """The version that the client edits, if it says so. Raises a 412 if that is history already."""
    return row.version if check_if_match(request, etag_of(row.id, row.version)) else None
