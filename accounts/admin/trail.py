"""The audit trail, to be read and searched; nobody can write, change or delete an entry here."""

from typing import Any

from auditlog.render import render_logentry_changes_html
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from accounts.models import AuditEntry

admin.site.unregister(AuditEntry)  # the library's own page


@admin.register(AuditEntry)
class AuditEntryAdmin(ModelAdmin):  # type: ignore[misc]  # the library is untyped
    list_display = ("timestamp", "who", "action", "what", "object_repr", "workspace", "remote_addr")
    list_select_related = ("content_type", "workspace")
    list_filter = (
        "action",
        "timestamp",
        ("workspace", AutocompleteSelectFilter),
        ("content_type", admin.RelatedOnlyFieldListFilter),
    )
    list_filter_submit = True
    search_fields = (
        "actor_email",
        "additional_data__api_key__name",
        "object_repr",
        "object_pk",
        "workspace__name",
        "cid",
        "remote_addr",
    )
    search_help_text = "Actor, object, workspace, request id or address"
    date_hierarchy = "timestamp"
    ordering = ("-timestamp",)
    fields = (
        "timestamp",
        "who",
        "action",
        "what",
        "object_repr",
        "object_pk",
        "workspace",
        "remote_addr",
        "cid",
        "changed",
    )
    readonly_fields = ("who", "what", "changed")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="who", ordering="actor_email")
    def who(self, entry: AuditEntry) -> str:
        """A person by e-mail, a program by its key, else the product itself."""
        program = (entry.additional_data or {}).get("api_key", {}).get("name")
        return entry.actor_email or (f"API key {program}" if program else "the product")

    @admin.display(description="what", ordering="content_type")
    def what(self, entry: AuditEntry) -> str:
        return str(entry.content_type.name)

    @admin.display(description="changes")
    def changed(self, entry: AuditEntry) -> str:
        return str(render_logentry_changes_html(entry))
