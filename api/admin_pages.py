"""What the admin's pages have in common: what nobody may do there, and services that do the writing."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin

from api.problems import Problem


class NeverAddedAdmin(ModelAdmin):  # type: ignore[misc]  # the library is untyped
    """Of rows that only the API or the product itself makes."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NeverEditedAdmin(ModelAdmin):  # type: ignore[misc]
    """Of rows that stay as they were made, whatever is done with them."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LastingAdmin(ModelAdmin):  # type: ignore[misc]
    """Of rows that are ended rather than deleted: the audit trail and other rows go on naming them."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadAdmin(NeverAddedAdmin, NeverEditedAdmin, LastingAdmin):
    """Of rows that are only looked at."""


class ServiceAdmin(ModelAdmin):  # type: ignore[misc]
    """Say in `save_model` and `delete_model` which service writes; its refusals become messages."""

    list_per_page = 50
    list_filter_submit = True

    def changelist_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        return self._or_refusal(request, super().changelist_view, *args, **options)

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        return self._or_refusal(request, super().changeform_view, *args, **options)

    def delete_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        return self._or_refusal(request, super().delete_view, *args, **options)

    def _or_refusal(
        self, request: HttpRequest, page: Callable[..., HttpResponse], *args: Any, **options: Any
    ) -> HttpResponse:
        """The page's transaction is undone before the message is written."""
        try:
            return page(request, *args, **options)
        except Problem as problem:
            messages.error(request, refusal_text(problem))
            return HttpResponseRedirect(request.get_full_path())


def refusal_text(problem: Problem) -> str:
    return " ".join(error["message"] for error in problem.errors) or str(problem.detail)
