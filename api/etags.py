"""ETags: what a client last saw, so that it need not load it again nor overwrite what is newer."""

from typing import Any
from uuid import UUID

from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response

from api.problem_codes import ProblemCode
from api.problems import Problem


def etag_of(identifier: UUID, version: int) -> str:
    return f'"{identifier.hex}-{version}"'


def is_known(request: Request, etag: str) -> bool:
    """The client already holds this representation (If-None-Match)."""
    given = request.headers.get("If-None-Match")
    if not given:
        return False
    return given.strip() == "*" or etag.removeprefix("W/") in {
        tag.removeprefix("W/") for tag in parse_etags(given)
    }


def check_if_match(request: Request, etag: str) -> bool:
    """412 if the client edits something that has changed since; False when it did not say (If-Match)."""
    given = request.headers.get("If-Match")
    if not given:
        return False
    if given.strip() != "*" and etag not in parse_etags(given):
        raise Problem(ProblemCode.PRECONDITION_FAILED, headers={"ETag": etag})
    return given.strip() != "*"


def tagged(request: Request, body: Any, etag: str, **response: Any) -> Response:
    """The body with its ETag, or a bodiless 304 to a client that has it."""
    if request.method in {"GET", "HEAD"} and is_known(request, etag):
        return Response(status=304, headers={"ETag": etag})
    headers = response.pop("headers", {}) | {"ETag": etag}
    return Response(body, headers=headers, **response)
