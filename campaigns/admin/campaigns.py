"""Campaigns in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateFilter

from api.admin_pages import LastingAdmin, ServiceAdmin
from campaigns.admin.forms import BUDGET, CampaignForm
from campaigns.models import Campaign
from campaigns.services.campaigns import campaign_archive, campaign_create, campaign_update

GIVEN_ONCE = ("workspace", "reference")


@admin.register(Campaign)
class CampaignAdmin(LastingAdmin, ServiceAdmin):
    """Facts hang on campaigns, and references are never reused: they are archived, not deleted."""

    form = CampaignForm
    list_display = (
        "name",
        "reference",
        "workspace",
        "platform",
        "status",
        "start_date",
        "end_date",
        "updated_at",
    )
    list_select_related = ("workspace",)
    list_filter = (
        ("workspace", AutocompleteSelectFilter),
        "status",
        "platform",
        ("start_date", RangeDateFilter),
    )
    search_fields = ("name", "reference", "external_id", "workspace__name", "id")
    ordering = ("-created_at",)
    autocomplete_fields = ("workspace", "connection")
    readonly_fields = ("id", "version", "created_at", "updated_at", "archived_at")
    actions: tuple[Any, ...] = ("archive_selected",)
    fieldsets = (
        (None, {"fields": ("workspace", "name", "reference", "platform", "objective", "status", "tags")}),
        ("Budget", {"fields": (BUDGET[:2], *BUDGET[2:])}),
        ("When and in what", {"fields": (("start_date", "end_date"), ("currency", "timezone"))}),
        ("On the platform", {"fields": ("connection", "external_id")}),
        ("The row", {"fields": (*readonly_fields, "seen_version"), "classes": ("collapse",)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.readonly_fields, *(GIVEN_ONCE if obj else ()))

    def save_model(self, request: HttpRequest, obj: Campaign, form: CampaignForm, change: bool) -> None:
        said = form.fields_said()
        if change:
            campaign_update(campaign=obj, changes=said, expected_version=form.expected_version)
        else:
            created = campaign_create(workspace=obj.workspace, fields=said)
            obj.pk, obj.reference = created.pk, created.reference

    @admin.action(description="Archive selected campaigns", permissions=["change"])
    def archive_selected(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> None:
        for campaign in queryset:
            campaign_archive(campaign=campaign)
        messages.success(request, "The selected campaigns are archived; their facts stay.")
