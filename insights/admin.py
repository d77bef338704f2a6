"""What the admin can do with figures."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from api.admin_pages import LastingAdmin, NeverAddedAdmin, ServiceAdmin
from api.problems import Problem
from campaigns.admin import CampaignAdmin
from campaigns.models import Campaign
from insights.models import SetAside
from insights.queueing import reaggregate_later
from insights.reaggregation.scope import Scope
from insights.reaggregation.services import reaggregate_ask
from insights.rollups.refusals import try_now
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


@admin.register(SetAside)
class SetAsideAdmin(NeverAddedAdmin, LastingAdmin, ServiceAdmin):
    """Watched, and tried again sooner than by itself."""

    list_display = ("__str__", "code", "since", "tries", "next_try_at", "data_through", "reason")
    list_filter = ("source", "code", "since")
    search_fields = ("workspace_id", "campaign_id", "reason")
    ordering = ("-since",)
    actions = ("try_again_now",)
    readonly_fields = (
        *("workspace_id", "campaign_id", "source", "bucket", "code", "reason"),
        *("since", "tries", "next_try_at", "data_through", "version"),
    )
    fields = readonly_fields

    @admin.action(description="Try selected again now", permissions=["change"])
    def try_again_now(self, request: HttpRequest, queryset: QuerySet[SetAside]) -> None:
        count = try_now(queryset)
        messages.success(
            request, f"{count} are tried again within seconds; those that are gone came through."
        )
