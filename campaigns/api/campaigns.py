"""/api/v1/campaigns/"""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.caller import caller_of
from accounts.permissions import HasRight, WorkspaceView
from accounts.rights import Right
from accounts.selectors import workspace_get
from api.etags import etag_of, tagged
from api.filters import StrictFilterBackend
from campaigns.api import documentation
from campaigns.api.bodies import campaign_body
from campaigns.api.filters import CampaignFilters
from campaigns.api.reading import campaign_fields, expected_version
from campaigns.api.serializers import CampaignSerializer
from campaigns.models import Campaign
from campaigns.permissions import AddsToWorkspace
from campaigns.selectors import campaign_get, campaigns_visible
from campaigns.services.campaigns import (
    campaign_archive,
    campaign_create,
    campaign_replace,
    campaign_update,
)

TAGS = ["campaigns"]


def answer(request: Request, campaign: Campaign, **response: Any) -> Response:
    return tagged(request, campaign_body(campaign), etag_of(campaign.id, campaign.version), **response)


class CampaignsView(WorkspaceView, GenericAPIView[Campaign]):
    permission_classes = (HasRight, AddsToWorkspace)
    rights = {"GET": Right.READ, "POST": Right.WRITE}
    queryset = Campaign.objects.none()
    filter_backends = (StrictFilterBackend,)
    filterset_class = CampaignFilters
    ordering_fields = frozenset({"created_at", "updated_at", "name", "start_date"})
    ordering = "-created_at"

    @extend_schema(summary="List campaigns", tags=TAGS, responses=CampaignSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The campaigns that you may see, newest first; archived ones only when `status` asks for them."""
        page = self.paginate_queryset(self.filter_queryset(campaigns_visible(caller_of(request))))
        return self.get_paginated_response([campaign_body(campaign) for campaign in page or ()])

    @extend_schema(
        summary="Create a campaign",
        tags=TAGS,
        request=CampaignSerializer,
        responses={201: CampaignSerializer},
        examples=documentation.CAMPAIGN_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """Without a `reference` it gets the next free `cmp-<n>` of the workspace."""
        workspace = workspace_get(caller_of(request))
        campaign = campaign_create(workspace=workspace, fields=campaign_fields(request))
        location = reverse("campaign", args=[campaign.id])
        return answer(request, campaign, status=201, headers={"Location": location})


class CampaignView(WorkspaceView):
    rights = {"GET": Right.READ, "PUT": Right.WRITE, "PATCH": Right.WRITE, "DELETE": Right.WRITE}

    @extend_schema(
        summary="Read a campaign",
        tags=TAGS,
        parameters=[documentation.CAMPAIGN_NAME, documentation.IF_NONE_MATCH],
        responses={200: CampaignSerializer, 304: documentation.NOT_MODIFIED},
        examples=documentation.CAMPAIGN_EXAMPLES,
    )
    def get(self, request: Request, name: str) -> Response:
        """By id or reference; archived ones answer too."""
        return answer(request, campaign_get(caller_of(request), name))

    @extend_schema(
        summary="Replace a campaign",
        tags=TAGS,
        parameters=[documentation.CAMPAIGN_NAME, documentation.IF_MATCH],
        request=CampaignSerializer,
        responses=CampaignSerializer,
        examples=documentation.CAMPAIGN_EXAMPLES,
    )
    def put(self, request: Request, name: str) -> Response:
        """What is left out returns to its default; only the reference stays as it is."""
        campaign = campaign_get(caller_of(request), name)
        expected = expected_version(request, campaign)
        fields = campaign_fields(request)
        return answer(request, campaign_replace(campaign=campaign, fields=fields, expected_version=expected))

    @extend_schema(
        summary="Change a campaign",
        tags=TAGS,
        parameters=[documentation.CAMPAIGN_NAME, documentation.IF_MATCH],
        request=CampaignSerializer,
        responses=CampaignSerializer,
        examples=documentation.CHANGE_EXAMPLES,
    )
    def patch(self, request: Request, name: str) -> Response:
        """Only what is named changes. An archived campaign takes nothing before a new `status`."""
        campaign = campaign_get(caller_of(request), name)
        expected = expected_version(request, campaign)
        changes = campaign_fields(request, partial=True)
        return answer(request, campaign_update(campaign=campaign, changes=changes, expected_version=expected))

    @extend_schema(
        summary="Archive a campaign",
        tags=TAGS,
        parameters=[documentation.CAMPAIGN_NAME, documentation.IF_MATCH],
        responses=documentation.REMOVED,
    )
    def delete(self, request: Request, name: str) -> Response:
        """It leaves the lists but can still be read, and its facts stay. Archiving twice is fine."""
        campaign = campaign_get(caller_of(request), name)
        campaign_archive(campaign=campaign, expected_version=expected_version(request, campaign))
        return Response(status=204)
