"""Ad accounts in the admin: their credentials can be replaced and never seen."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from api.admin_pages import ServiceAdmin
from campaigns.admin.forms import ConnectionForm
from campaigns.models import Connection
from campaigns.services.connections import IDENTITY, connection_create, connection_delete, connection_update

GIVEN_ONCE = ("workspace", *IDENTITY)


@admin.register(Connection)
class ConnectionAdmin(ServiceAdmin):
    form = ConnectionForm
    list_display = ("name", "external_account_id", "workspace", "platform", "status", "known", "updated_at")
    list_select_related = ("workspace",)
    list_filter = (("workspace", AutocompleteSelectFilter), "status", "platform")
    search_fields = ("name", "external_account_id", "workspace__name", "id")
    ordering = ("-created_at",)
    autocomplete_fields = ("workspace",)
    readonly_fields = ("known", "credentials_set_at", "id", "version", "created_at", "updated_at")
    fieldsets = (
        (None, {"fields": ("workspace", "platform", "external_account_id", "name", "status")}),
        ("How it is billed and counted", {"fields": (("currency", "timezone"),)}),
        ("Credentials", {"fields": ("known", "credentials_set_at", "new_credentials")}),
        (
            "The row",
            {
                "fields": ("id", "version", "created_at", "updated_at", "seen_version"),
                "classes": ("collapse",),
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.readonly_fields, *(GIVEN_ONCE if obj else ()))

    @admin.display(description="Credentials stored", boolean=True)
    def known(self, connection: Connection) -> bool:
        return connection.has_credentials

    def save_model(self, request: HttpRequest, obj: Connection, form: ConnectionForm, change: bool) -> None:
        said = form.fields_said()
        if change:
            connection_update(connection=obj, changes=said, expected_version=form.expected_version)
        else:
            obj.pk = connection_create(workspace=obj.workspace, fields=said).pk

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], Any, set[str], list[str]]:
        """Nothing goes with an ad account, and the service refuses to remove one that is in use."""
        return [str(connection) for connection in objs], {"ad accounts": len(objs)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Connection) -> None:
        connection_delete(connection=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Connection]) -> None:
        for connection in queryset:
            connection_delete(connection=connection)
