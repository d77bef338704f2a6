"""Workspaces, who belongs to them, and who was asked to.

Staff may do here what members may not, like giving a workspace whose last owner is gone a new one.
"""

from django import forms
from django.contrib import admin
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from accounts.admin.choices import CurrencyChoice, TimezoneChoice
from accounts.models import Invitation, Membership, Workspace
from api.admin_pages import LastingAdmin, NeverAddedAdmin, TouchedAdmin


class WorkspaceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in its stubs alone
    currency = CurrencyChoice(initial="EUR", help_text="Of its campaigns, where they say nothing else.")
    timezone = TimezoneChoice(initial="UTC", help_text="Of its campaigns, where they say nothing else.")

    class Meta:
        model = Workspace
        fields = ("name", "currency", "timezone", "raw_months")


class MembershipInline(TabularInline):  # type: ignore[misc]  # the library is untyped
    model = Membership
    fields = ("user", "role", "restricted")
    autocomplete_fields = ("user",)
    extra = 0


@admin.register(Workspace)
class WorkspaceAdmin(LastingAdmin, TouchedAdmin):
    form = WorkspaceForm
    list_display = ("name", "timezone", "currency", "raw_floor", "created_at")
    list_filter = ("currency", "timezone")
    search_fields = ("name", "id", "memberships__user__email")
    ordering = ("name",)
    readonly_fields = ("raw_floor", "sealed_before", "id", "created_at")
    inlines = (MembershipInline,)


@admin.register(Membership)
class MembershipAdmin(TouchedAdmin):
    list_display = ("user", "workspace", "role", "restricted", "created_at")
    list_select_related = ("user", "workspace")
    list_filter = (("workspace", AutocompleteSelectFilter), "role", "restricted")
    list_filter_submit = True
    search_fields = ("user__email", "user__name", "workspace__name")
    autocomplete_fields = ("user", "workspace")
    readonly_fields = ("id", "created_at")


@admin.register(Invitation)
class InvitationAdmin(NeverAddedAdmin, TouchedAdmin):
    list_display = ("email", "workspace", "role", "restricted", "invited_by", "expires_at", "accepted_at")
    list_select_related = ("workspace", "invited_by")
    list_filter = (
        ("workspace", AutocompleteSelectFilter),
        "role",
        "expires_at",
        ("accepted_at", admin.EmptyFieldListFilter),
    )
    list_filter_submit = True
    search_fields = ("email", "workspace__name", "invited_by__email")
    ordering = ("-created_at",)
    fields = (
        "id",
        "email",
        "workspace",
        "role",
        "restricted",
        "invited_by",
        "created_at",
        "expires_at",
        "accepted_at",
    )
    readonly_fields = tuple(name for name in fields if name != "expires_at")
