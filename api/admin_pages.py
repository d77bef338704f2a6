"""What the admin's pages have in common: what nobody may do there, and services that do the writing."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from api.problems import Problem


class DatedList(ChangeList):  # type: ignore[misc]  # the library is untyped
    """Of which no date can be asked that breaks it: the day after the last one is none."""

    def get_filters(self, request: HttpRequest) -> Any:
        try:
            return super().get_filters(request)
        except (ValueError, OverflowError) as error:
            raise IncorrectLookupParameters(error) from error


class PageAdmin(ModelAdmin):  # type: ignore[misc]
    """What every page has in common: whatever an address or a form says is no failure of ours."""

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        return DatedList

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        try:
            queryset.filter(pk__in=request.POST.getlist(ACTION_CHECKBOX_NAME))
        except (ValueError, ValidationError):
            messages.error(request, "What was selected is no row of this list.")
            return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset)  # type: ignore[no-any-return]


class TouchedAdmin(PageAdmin):
    """Of rows that others write meanwhile: a form writes what was touched in it and nothing else."""

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        columns = {field.name for field in obj._meta.concrete_fields}
        obj.save(update_fields=columns.intersection(form.changed_data))


class NeverAddedAdmin(PageAdmin):
    """Of rows that only the API or the product itself makes."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NeverEditedAdmin(PageAdmin):
    """Of rows that stay as they were made, whatever is done with them."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LastingAdmin(PageAdmin):
    """Of rows that are ended rather than deleted: the audit trail and other rows go on naming them."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadAdmin(NeverAddedAdmin, NeverEditedAdmin, LastingAdmin):
    """Of rows that are only looked at."""


class ServiceAdmin(PageAdmin):
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


def no_page_elsewhere(request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponse:
    """Django's view leads to a row's page outside the admin, of which there is none, by unchecked keys."""
    raise Http404


def refusal_text(problem: Problem) -> str:
    return " ".join(error["message"] for error in problem.errors) or str(problem.detail)
