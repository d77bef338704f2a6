"""The browsable API: the same answers as pages, for whoever looks with a browser."""

from typing import Any

from rest_framework.renderers import BrowsableAPIRenderer


class BrowsablePage(BrowsableAPIRenderer):
    template = "api/browse.html"
    filter_template = "api/filters.html"

    def render(self, *args: Any, **kwargs: Any) -> str:
        """The library's page does not say in which language it is, and has no block to say it in."""
        return super().render(*args, **kwargs).replace("<html>", '<html lang="en">', 1)
