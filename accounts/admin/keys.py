"""API keys and write keys: who made which, when it was last used, and the way to end it."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from accounts.models import ApiKey, WriteKey
from accounts.services.keys import key_revoke
from api.admin_pages import ReadAdmin


class KeyAdmin(ReadAdmin):
    """Only ended: making one hands out a secret, and whoever holds it relies on what it may do."""

    list_select_related = ("workspace", "created_by")
    list_filter_submit = True
    ordering = ("-created_at",)
    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"accounts.change_{self.opts.model_name}")

    @admin.action(description="Revoke: they work no more from now on", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey] | QuerySet[WriteKey]) -> None:
        for key in queryset:
            key_revoke(kind=self.model, workspace_id=key.workspace_id, key_id=key.id)
        self.message_user(request, f"{len(queryset)} revoked.", messages.SUCCESS)


@admin.register(ApiKey)
class ApiKeyAdmin(KeyAdmin):
    list_display = ("name", "prefix", "workspace", "scopes", "last_used_at", "expires_at", "revoked_at")
    list_filter = (
        ("workspace", AutocompleteSelectFilter),
        ("revoked_at", admin.EmptyFieldListFilter),
        "expires_at",
        "last_used_at",
    )
    search_fields = ("name", "prefix", "workspace__name", "created_by__email", "id")
    fields = (
        "id",
        "name",
        "prefix",
        "workspace",
        "scopes",
        "created_by",
        "created_at",
        "last_used_at",
        "expires_at",
        "revoked_at",
    )


@admin.register(WriteKey)
class WriteKeyAdmin(KeyAdmin):
    list_display = ("name", "key", "workspace", "created_by", "created_at", "revoked_at")
    list_filter = (
        ("workspace", AutocompleteSelectFilter),
        ("revoked_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("name", "key", "workspace__name", "created_by__email", "id")
    fields = ("id", "name", "key", "workspace", "created_by", "created_at", "revoked_at")
