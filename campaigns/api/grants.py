"""/api/v1/campaigns/{name}/grants/"""

from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.caller import caller_of
from accounts.permissions import WorkspaceView
from accounts.rights import Right
from api.filters import StrictFilterBackend
from api.serializers import checked
from campaigns.api import documentation
from campaigns.api.bodies import grant_body
from campaigns.api.serializers import GrantSerializer
from campaigns.models import CampaignGrant
from campaigns.selectors import campaign_get, grant_get, grants_of
from campaigns.services.grants import grant_add, grant_remove

TAGS = ["campaign grants"]


class GrantsView(WorkspaceView, GenericAPIView[CampaignGrant]):
    rights = {"GET": Right.READ, "POST": Right.ADMIN}
    queryset = CampaignGrant.objects.none()
    filter_backends = (StrictFilterBackend,)
    ordering_fields = frozenset({"created_at"})
    ordering = "created_at"

    @extend_schema(
        summary="List who was granted a campaign",
        tags=TAGS,
        parameters=[documentation.CAMPAIGN_NAME],
        responses=GrantSerializer(many=True),
    )
    def get(self, request: Request, name: str) -> Response:
        """Grants matter for restricted members; everybody else sees every campaign anyway."""
        campaign = campaign_get(caller_of(request), name)
        page = self.paginate_queryset(self.filter_queryset(grants_of(campaign)))
        return self.get_paginated_response([grant_body(grant) for grant in page or ()])

    @extend_schema(
        summary="Grant a campaign",
        tags=TAGS,
        parameters=[documentation.CAMPAIGN_NAME],
        request=GrantSerializer,
        responses={200: GrantSerializer, 201: GrantSerializer},
        examples=documentation.GRANT_EXAMPLES,
    )
    def post(self, request: Request, name: str) -> Response:
        """Show the campaign to a restricted member. Granting twice answers 200 with what stands."""
        campaign = campaign_get(caller_of(request), name)
        membership_id = checked(GrantSerializer, request)["membership"]
        grant, is_new = grant_add(campaign=campaign, membership_id=membership_id)
        location = reverse("grant", args=[campaign.id, grant.id])
        return Response(grant_body(grant), status=201 if is_new else 200, headers={"Location": location})


class GrantView(WorkspaceView):
    rights = {"GET": Right.READ, "DELETE": Right.ADMIN}

    @extend_schema(
        summary="Read a grant", tags=TAGS, parameters=[documentation.CAMPAIGN_NAME], responses=GrantSerializer
    )
    def get(self, request: Request, name: str, grant_id: UUID) -> Response:
        return Response(grant_body(grant_get(campaign_get(caller_of(request), name), grant_id)))

    @extend_schema(
        summary="Take a grant back",
        tags=TAGS,
        parameters=[documentation.CAMPAIGN_NAME],
        responses=documentation.REMOVED,
    )
    def delete(self, request: Request, name: str, grant_id: UUID) -> Response:
        """From the next request on the restricted member no longer sees the campaign."""
        grant_remove(grant=grant_get(campaign_get(caller_of(request), name), grant_id))
        return Response(status=204)
