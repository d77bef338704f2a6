"""The browsable API: the same answers as pages, for whoever looks with a browser."""

from http import HTTPStatus
from typing import Any

from django.forms import Form
from rest_framework.renderers import BrowsableAPIRenderer
from rest_framework.request import Request

from api.json import JsonRenderer


class BrowsablePage(BrowsableAPIRenderer):
    template = "api/browse.html"
    filter_template = "api/filters.html"

    def render(self, *args: Any, **kwargs: Any) -> str:
        """The library's page does not say in which language it is, and has no block to say it in."""
        return super().render(*args, **kwargs).replace("<html>", '<html lang="en">', 1)

    def get_raw_data_form(self, data: Any, view: Any, method: str, request: Request) -> Form | None:
        """Whoever replaces something starts from what stands: what they leave out would be lost."""
        form: Form | None = super().get_raw_data_form(data, view, method, request)
        if form and method == "PUT" and view.response.status_code == HTTPStatus.OK:
            form.initial["_content"] = JsonRenderer().render(data, "application/json; indent").decode()
        return form
