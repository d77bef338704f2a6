"""/api/v1/campaigns/{id}/reaggregate"""

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.caller import caller_of
from accounts.permissions import WorkspaceView
from accounts.rights import Right
from api.serializers import StrictSerializer, checked
from campaigns.api.documentation import CAMPAIGN_NAME
from campaigns.selectors import campaign_get
from insights.queueing import reaggregate_later
from insights.reaggregation.scope import Scope
from insights.reaggregation.services import reaggregate_ask
from runs.api.bodies import run_handed_over, run_url
from runs.api.documentation import HANDED_OVER_EXAMPLES
from runs.api.serializers import HandedOverSerializer
from runs.services import asker_of

EXAMPLES = [
    OpenApiExample(
        "Three weeks", value={"start_date": "2026-11-01", "end_date": "2026-11-20"}, request_only=True
    ),
    OpenApiExample("Everything", value={}, request_only=True),
    *HANDED_OVER_EXAMPLES,
]


class ReaggregateSerializer(StrictSerializer):
    """The days to recompute, both inclusive, in the campaign's time zone."""

    start_date = serializers.DateField(
        required=False, help_text="Default: as far back as raw facts are kept."
    )
    end_date = serializers.DateField(required=False, help_text="Default: today.")


class ReaggregateView(WorkspaceView):
    rights = {"POST": Right.WRITE}

    @extend_schema(
        summary="Recompute a campaign",
        tags=["campaigns"],
        parameters=[CAMPAIGN_NAME],
        request=ReaggregateSerializer,
        responses={202: OpenApiResponse(HandedOverSerializer, description="See `url` for how far it is.")},
        examples=EXAMPLES,
    )
    def post(self, request: Request, name: str) -> Response:
        """Work every figure of these days out anew from the raw facts; those that were right stay.

        Days whose raw facts are no longer kept are left alone: the run then has the warning
        `below_raw_floor`. A range that has only such days is refused with a 409 of that code.
        """
        caller = caller_of(request)
        campaign = campaign_get(caller, name)
        asked = checked(ReaggregateSerializer, request)
        scope = Scope(campaign_id=campaign.id, workspace_id=campaign.workspace_id, **asked)
        run = reaggregate_ask(scope=scope, asker=asker_of(caller))
        reaggregate_later(run)
        return Response(run_handed_over(run), status=202, headers={"Location": run_url(run)})
