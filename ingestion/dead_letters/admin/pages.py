"""What these pages share: rows that only the consumer makes, and work that is confirmed on its own page."""

from typing import Any

from django import forms
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse

from api.admin_pages import ReadAdmin

SELECTION = ("action", "select_across", ACTION_CHECKBOX_NAME)
CONFIRMATION = "admin/ingestion/confirm.html"


class WorkedOnAdmin(ReadAdmin):
    """Of rows that nobody adds, edits or deletes; whoever may change them may do the work on them."""

    list_per_page = 50
    list_filter_submit = True

    def has_work_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def row(self, request: HttpRequest, object_id: str) -> Any:
        """Raises Http404, also for what is no id at all."""
        found = self.get_object(request, object_id)
        if found is None:
            raise Http404
        return found

    def confirmation(
        self,
        request: HttpRequest,
        form: forms.Form,
        *,
        title: str,
        told: str,
        button: str,
        row: Model | None = None,
    ) -> TemplateResponse:
        """A page with a form; the rows that were selected in a list are selected again when it is sent."""
        selected = {name: request.POST.getlist(name) for name in SELECTION}
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "original": row,
            "form": form,
            "told": told,
            "button": button,
            "selected": {} if row else selected,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, CONFIRMATION, context)
