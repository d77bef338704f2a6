"""Runs in the admin: watched, and cancelled."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from api.admin_pages import LastingAdmin, NeverAddedAdmin, ServiceAdmin
from api.problems import Problem
from runs.models import Run
from runs.services import run_cancel


@admin.register(Run)
class RunAdmin(NeverAddedAdmin, LastingAdmin, ServiceAdmin):
    list_display = (
        "kind",
        "state",
        "progress",
        "warned",
        "workspace",
        "campaign",
        "asked_as",
        "created_at",
        "error",
    )
    list_select_related = ("workspace", "campaign")
    list_filter = ("state", "kind", ("workspace", AutocompleteSelectFilter), "created_at")
    search_fields = ("id", "asked_as", "workspace__name", "campaign__name", "campaign__reference")
    ordering = ("-created_at",)
    actions = ("cancel_selected",)
    fields = (
        "id",
        "kind",
        "state",
        "progress",
        "workspace",
        "campaign",
        "parameters",
        "warnings",
        "error",
        "asked_as",
        "created_at",
        "started_at",
        "alive_at",
        "finished_at",
    )
    readonly_fields = fields

    @admin.display(description="progress")
    def progress(self, run: Run) -> str:
        if not run.total:
            return f"{run.done}"
        return f"{run.done} of {run.total} ({100 * run.done // run.total}%)"

    @admin.display(description="warnings")
    def warned(self, run: Run) -> str:
        return str(len(run.warnings) or "")

    @admin.action(description="Cancel selected runs", permissions=["change"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        for run in queryset:
            try:
                run_cancel(run=run)
            except Problem as problem:
                messages.warning(request, f"{run}: {problem.detail}")
