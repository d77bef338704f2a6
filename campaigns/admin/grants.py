"""Grants in the admin: given and taken back, never edited."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from api.admin_pages import NeverEditedAdmin, ServiceAdmin
from campaigns.models import CampaignGrant
from campaigns.services.grants import grant_add, grant_remove


@admin.register(CampaignGrant)
class CampaignGrantAdmin(NeverEditedAdmin, ServiceAdmin):
    list_display = ("campaign", "membership", "created_at")
    list_select_related = ("campaign", "membership__user", "membership__workspace")
    list_filter = ("created_at",)
    search_fields = ("campaign__name", "campaign__reference", "membership__user__email")
    ordering = ("-created_at",)
    autocomplete_fields = ("campaign", "membership")
    fields = ("campaign", "membership")

    def save_model(self, request: HttpRequest, obj: CampaignGrant, form: Any, change: bool) -> None:
        grant, _ = grant_add(campaign=obj.campaign, membership_id=obj.membership_id)
        obj.pk = grant.pk

    def delete_model(self, request: HttpRequest, obj: CampaignGrant) -> None:
        grant_remove(grant=obj)
