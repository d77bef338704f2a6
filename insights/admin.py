"""What the admin can do with figures."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from api.problems import Problem
from campaigns.admin import CampaignAdmin
from campaigns.models import Campaign
from insights.queueing import reaggregate_later
from insights.reaggregation.scope import Scope
from insights.reaggregation.services import reaggregate_ask
from runs.services import asker_of_user


@admin.action(description="Recompute the figures of selected campaigns", permissions=["change"])
def reaggregate_selected(page: CampaignAdmin, request: HttpRequest, queryset: QuerySet[Campaign]) -> None:
    """One run a campaign, of everything whose raw facts are kept."""
    asker = asker_of_user(request.user)
    try:
        for campaign in queryset:
            scope = Scope(campaign_id=campaign.id, workspace_id=campaign.workspace_id)
            reaggregate_later(reaggregate_ask(scope=scope, asker=asker))
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, "The selected campaigns are being recomputed; Runs tell how far it is.")


# Campaigns know nothing of figures, so their page learns of this from here.
CampaignAdmin.actions = (*CampaignAdmin.actions, reaggregate_selected)
