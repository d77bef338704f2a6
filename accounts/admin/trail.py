"""The audit trail, to be read and searched; nobody can write, change or delete an entry here."""

from typing import Any

from auditlog.render import render_logentry_changes_html
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from accounts.models import AuditEntry
from api.admin_pages import ReadAdmin

admin.site.unregister(AuditEntry)  # the library's own page


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadAdmin):
    list_display = ("timestamp", "who", "action", "what", "named", "workspace", "address")
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
        "named",
        "identified",
        "workspace",
        "address",
        "request_id",
        "changed",
    )
    readonly_fields = ("who", "what", "named", "identified", "address", "request_id", "changed")

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Entries have no history: they are it."""
        kwargs["extra_context"] = {"show_history": False}
        return super().change_view(request, *args, **kwargs)  # type: ignore[no-any-return]

    @admin.display(description="who", ordering="actor_email")
    def who(self, entry: AuditEntry) -> str:
        """A person by e-mail, a program by its key, else the product itself."""
        program = (entry.additional_data or {}).get("api_key", {}).get("name")
        return entry.actor_email or (f"API key {program}" if program else "the product")

    @admin.display(description="what", ordering="content_type")
    def what(self, entry: AuditEntry) -> str:
        return str(entry.content_type.name)

    @admin.display(description="named", ordering="object_repr")
    def named(self, entry: AuditEntry) -> str:
        return str(entry.object_repr)

    @admin.display(description="id")
    def identified(self, entry: AuditEntry) -> str:
        return str(entry.object_pk)

    @admin.display(description="from address", ordering="remote_addr")
    def address(self, entry: AuditEntry) -> str | None:
        return entry.remote_addr  # type: ignore[no-any-return]  # the library is untyped

    @admin.display(description="request id")
    def request_id(self, entry: AuditEntry) -> str | None:
        return entry.cid  # type: ignore[no-any-return]

    @admin.display(description="changes")
    def changed(self, entry: AuditEntry) -> str:
        return str(render_logentry_changes_html(entry))
