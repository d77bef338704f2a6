"""/api/schemas/events/: the published JSON Schemas of what stands on the log."""

import hashlib
from functools import cache
from typing import Any

import msgspec
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.etags import tagged
from api.json import JsonRenderer
from ingestion.events.json_schemas import published


class JsonSchemaRenderer(JsonRenderer):
    media_type = "application/schema+json"


class EventSchemaView(APIView):
    """One of them by its file name, for everybody, as the OpenAPI file is that links to it."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (JsonSchemaRenderer, JsonRenderer)

    @extend_schema(exclude=True)
    def get(self, request: Request, file: str) -> Response:
        try:
            schema, etag = _schemas()[file]
        except KeyError:
            raise NotFound from None
        return tagged(request, schema, etag)


@cache
def _schemas() -> dict[str, tuple[Any, str]]:
    """Each with its ETag by its file name, made once in each process."""
    return {
        name: (msgspec.json.decode(text), f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"')
        for name, text in published().items()
    }
