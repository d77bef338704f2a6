"""What a problem's `type` leads to, and how Django's own failures leave."""

import sys
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback

from api.browsable import BrowsablePage
from api.json import JsonRenderer
from api.problem_codes import ProblemCode
from api.problems import CONTENT_TYPE, Problem, plain_problem, problem_body, problem_of, request_id_of
from api.throttles import counted_refusal, is_counted

logger = structlog.get_logger(__name__)


class ProblemPage(APIView):
    """What one problem code means."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(responses=OpenApiTypes.OBJECT, summary="What a problem code means", tags=["problems"])
    def get(self, request: Request, code: str) -> Response:
        for kind in ProblemCode:
            if kind.code == code:
                return Response({"code": kind.code, "status": int(kind.status), "title": kind.title})
        raise NotFound


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler; None lets an unknown exception become Django's 500."""
    problem = problem_of(error)
    if problem is None:
        return None
    set_rollback()
    request = context.get("request")
    if request and _counts(request, context.get("view"), problem):
        problem = counted_refusal(request, problem)
    response = Response(
        problem_body(problem, request_id_of(request)), status=problem.kind.status, headers=problem.headers
    )
    if not isinstance(getattr(request, "accepted_renderer", None), BrowsablePage):
        response.content_type = CONTENT_TYPE
        _answer_in_json(request)
    return response


def _counts(request: Request, view: Any, problem: Problem) -> bool:
    """A refusal that cost nothing yet does so here, else it could be asked for without end."""
    if problem.kind.status == HTTPStatus.UNAUTHORIZED:
        return True
    is_refusal = problem.kind.status < HTTPStatus.INTERNAL_SERVER_ERROR
    return is_refusal and not is_counted(request) and bool(getattr(view, "throttle_classes", ()))


def _answer_in_json(request: Any) -> None:
    """A view that speaks YAML or HTML fails in JSON as the others do."""
    if request and not isinstance(getattr(request, "accepted_renderer", None), JsonRenderer):
        request.accepted_renderer, request.accepted_media_type = JsonRenderer(), JsonRenderer.media_type


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return plain_problem(request, Problem(ProblemCode.INVALID))


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    return plain_problem(request, Problem(ProblemCode.PERMISSION_DENIED, reason))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return plain_problem(request, Problem(ProblemCode.NOT_FOUND))


def server_error(request: HttpRequest, *_: Any) -> HttpResponse:
    """What a page raised: an outage is told as one. Of all else the log has the traceback, under the same
    request id, and the caller gets no word of it."""
    error = sys.exc_info()[1]
    problem = problem_of(error) if isinstance(error, Exception) else None
    if problem is None or problem.kind is not ProblemCode.UNAVAILABLE:
        problem = Problem(ProblemCode.INTERNAL)
    return plain_problem(request, problem)
