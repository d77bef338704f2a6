"""The OpenAPI file as it is served."""

from functools import cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request


class SchemaView(SpectacularAPIView):
    """In YAML, or in JSON for who accepts that. It takes no parameters: there is one version of it."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        renderer = request.accepted_renderer
        kind: Any = type(renderer)
        charset = f"; charset={renderer.charset}" if renderer.charset else ""
        return HttpResponse(
            _schema_file(kind),
            content_type=renderer.media_type + charset,
            headers={"Content-Disposition": f'inline; filename="Campaign Analytics.{renderer.format}"'},
        )


@cache
def _schema_file(renderer: Any) -> bytes:
    """By this renderer, made once in each process: it takes seconds, and says the same to everybody."""
    schema = SchemaView.generator_class().get_schema(public=True)  # type: ignore[no-untyped-call]
    rendered: bytes = renderer().render(schema, renderer_context={})
    return rendered
