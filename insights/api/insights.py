"""/api/v1/campaigns/{id}/insights"""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.caller import caller_of
from accounts.permissions import WorkspaceView
from accounts.rights import Right
from api.etags import tagged
from api.filters import FORMAT
from campaigns.models import Campaign
from campaigns.selectors import campaign_get
from insights.api import documentation
from insights.api.etag import etag_of_answer
from insights.query.asking import ask
from insights.query.parse import Given
from insights.query.question import Subject

TAGS = ["insights"]


class CampaignInsightsView(WorkspaceView):
    rights = {"GET": Right.READ}

    @extend_schema(
        summary="Read a campaign's figures",
        tags=TAGS,
        parameters=documentation.PARAMETERS,
        responses={200: documentation.ANSWER, 304: documentation.NOT_MODIFIED},
        examples=documentation.EXAMPLES,
    )
    def get(self, request: Request, name: str) -> Response:
        """By hour, day or longer, in any time zone, with totals, what is missing, and how fresh it all is."""
        body = ask(_given(request), subject_of(campaign_get(caller_of(request), name)))
        return tagged(request, body, etag_of_answer(body))


def subject_of(campaign: Campaign) -> Subject:
    return Subject(campaign.workspace_id, (campaign.id,), campaign.timezone, campaign.currency)


def _given(request: Request) -> Given:
    return {name: values for name, values in request.query_params.lists() if name != FORMAT}
