"""Every error leaves as one shape: RFC 9457 problem details with a stable code."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from msgspec import json
from rest_framework import exceptions

from api.cache_server import CACHE_ERRORS
from api.problem_codes import ProblemCode
from warehouse.errors import TOO_LARGE, OutOfMemory, WarehouseRefused, WarehouseUnavailable

logger = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"
PAGE_TYPE = "text/html"
RETRY_AFTER_SECONDS = 2
MOST_ERRORS = 50
LONGEST_TEXT = 500  # of an error's field or message
WHOLE_BODY = "body"  # the field of an error that concerns no single field


class Problem(exceptions.APIException):
    """Raise to answer with this code; `errors` name fields, `headers` are sent along."""

    def __init__(
        self,
        kind: ProblemCode,
        detail: str = "",
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail or kind.title, kind.code)
        self.kind = kind
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})


def field_problem(field: str, code: str, message: str) -> Problem:
    """One field is wrong in a way that no serializer could see."""
    return Problem(ProblemCode.INVALID, errors=[{"field": field, "code": code, "message": message}])


def plain_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The same answer from places that DRF does not reach: middleware and Django's own handlers.

    Whoever looks with a browser gets a page that says the same.
    """
    body = problem_body(problem, request_id_of(request))
    if _wants_page(request):
        content, content_type = render_to_string("api/problem.html", body).encode(), PAGE_TYPE
    else:
        content, content_type = json.encode(body), CONTENT_TYPE
    headers = {"Vary": "Accept", "Content-Type": content_type, **problem.headers}
    return HttpResponse(content, status=problem.kind.status, headers=headers)


def _wants_page(request: HttpRequest) -> bool:
    """Looked for and not parsed: what tells of failures must not fail over a header of whoever asks."""
    named = request.META.get("HTTP_ACCEPT", "")
    return PAGE_TYPE in named and "json" not in named


def unavailable(detail: str = "") -> Problem:
    """Something behind us is down; the caller may come back soon."""
    return Problem(ProblemCode.UNAVAILABLE, detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def problem_body(problem: Problem, request_id: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": f"/api/docs/problems/{problem.kind.code}",
        "title": problem.kind.title,
        "status": int(problem.kind.status),
        "detail": str(problem.detail),
        "code": problem.kind.code,
        "request_id": request_id,
    }
    if problem.errors:
        body["errors"] = _told(problem.errors)
    return body | problem.extra


def _told(errors: list[Mapping[str, str]]) -> list[dict[str, str]]:
    """As many as a person mends at a time, and none at length: names and values in them are what was sent."""
    told = [{key: _shortened(text) for key, text in error.items()} for error in errors[:MOST_ERRORS]]
    if len(errors) > MOST_ERRORS:
        more = f"There are {len(errors) - MOST_ERRORS} more errors."
        told.append({"field": WHOLE_BODY, "code": "more_errors", "message": more})
    return told


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def request_id_of(request: Any) -> str:
    return str(getattr(request, "request_id", ""))


def problem_of(error: Exception) -> Problem | None:
    """Translate what DRF, Django and the stores raise; None for a bug of ours."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, exceptions.ValidationError):
        return Problem(ProblemCode.INVALID, errors=list(field_errors(error.get_full_details())))
    if isinstance(error, exceptions.Throttled):
        wait = str(max(1, int(getattr(error, "wait", 0) or 0)))
        return Problem(ProblemCode.RATE_LIMITED, headers={"Retry-After": wait})
    for known, kind in _KINDS:
        if isinstance(error, known):
            return Problem(kind, _detail_of(error), headers=_headers_of(error))
    return _of_a_store(error)


def _of_a_store(error: Exception) -> Problem | None:
    if isinstance(error, (OperationalError, InterfaceError, *CACHE_ERRORS)):
        logger.warning("store_unavailable", error=str(error).strip())
        return unavailable()
    if isinstance(error, OutOfMemory) or (isinstance(error, WarehouseRefused) and error.code in TOO_LARGE):
        logger.warning("question_too_large", error=str(error).strip())
        return Problem(ProblemCode.QUESTION_TOO_LARGE, _SMALLER)
    if isinstance(error, WarehouseUnavailable):
        logger.warning("warehouse_unavailable", error=str(error).strip())
        return unavailable("ClickHouse, which holds the figures, does not answer.")
    return None


_SMALLER = "Ask for a shorter range, coarser buckets, or fewer breakdowns, or in several parts."

_KINDS: list[tuple[type[Exception], ProblemCode]] = [
    (exceptions.NotAuthenticated, ProblemCode.NOT_AUTHENTICATED),
    (exceptions.AuthenticationFailed, ProblemCode.INVALID_CREDENTIALS),
    (exceptions.PermissionDenied, ProblemCode.PERMISSION_DENIED),
    (DjangoPermissionDenied, ProblemCode.PERMISSION_DENIED),
    (exceptions.NotFound, ProblemCode.NOT_FOUND),
    (Http404, ProblemCode.NOT_FOUND),
    (exceptions.MethodNotAllowed, ProblemCode.METHOD_NOT_ALLOWED),
    (exceptions.NotAcceptable, ProblemCode.NOT_ACCEPTABLE),
    (exceptions.UnsupportedMediaType, ProblemCode.UNSUPPORTED_MEDIA_TYPE),
    (exceptions.ParseError, ProblemCode.MALFORMED),
    (RequestDataTooBig, ProblemCode.BODY_TOO_LARGE),
]


def _detail_of(error: Exception) -> str:
    """DRF's sentences are meant for callers; Django's may quote model names and are not."""
    return str(error.detail) if isinstance(error, exceptions.APIException) else ""


def _headers_of(error: Exception) -> dict[str, str]:
    challenge = getattr(error, "auth_header", None)
    return {"WWW-Authenticate": challenge} if challenge else {}


def field_errors(details: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Flatten DRF's nested details into `budget.amount`-like fields."""
    if isinstance(details, Mapping) and {"message", "code"} == set(details):
        yield {"field": path or WHOLE_BODY, "code": str(details["code"]), "message": str(details["message"])}
    elif isinstance(details, Mapping):
        for key, inner in details.items():
            own = "" if key == "non_field_errors" else str(key)
            yield from field_errors(inner, ".".join(part for part in (path, own) if part))
    else:
        for index, inner in enumerate(details):
            nested = isinstance(inner, Mapping) and "message" not in inner
            yield from field_errors(inner, f"{path}.{index}" if nested and inner else path)
