"""What every request passes before a view sees it."""

import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse

from api.header_limits import REFUSAL
from api.problem_codes import ProblemCode
from api.problems import Problem, field_problem, plain_problem
from runtime.config import configuration

Answer = Callable[[HttpRequest], HttpResponse]

REQUEST_ID = "X-Request-Id"
NUL = "\x00"
_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def name_request(get_response: Answer) -> Answer:
    """Give the request an id, the caller's own if it is a sane one, and send it back."""

    def answer(request: HttpRequest) -> HttpResponse:
        given = request.headers.get(REQUEST_ID, "")
        request_id = given if _ACCEPTABLE_ID.fullmatch(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        response = get_response(request)
        response[REQUEST_ID] = request_id
        return response

    return answer


def refuse_unreadable(get_response: Answer) -> Answer:
    """Answer what no view could use: refused headers; bodies too large, unread; NUL in a path or query."""
    limit = configuration().web.max_body_bytes

    def answer(request: HttpRequest) -> HttpResponse:
        meta = request.META
        problem = meta.get(REFUSAL) or _problem_of_size(meta, limit) or _problem_of_address(request)
        return plain_problem(request, problem) if problem else get_response(request)

    return answer


def _problem_of_size(headers: dict[str, Any], limit: int) -> Problem | None:
    if "chunked" in headers.get("HTTP_TRANSFER_ENCODING", "").lower():
        return Problem(ProblemCode.LENGTH_REQUIRED)
    length = headers.get("CONTENT_LENGTH") or "0"
    if not length.isdigit():
        return Problem(ProblemCode.LENGTH_REQUIRED)
    if int(length) > limit:
        return Problem(ProblemCode.BODY_TOO_LARGE, f"At most {limit} bytes are read.")
    return None


def _problem_of_address(request: HttpRequest) -> Problem | None:
    if NUL in request.path_info:
        return Problem(ProblemCode.NOT_FOUND)
    query = request.META.get("QUERY_STRING", "")
    if "%00" in query or NUL in query:
        return field_problem(_parameter_with_nul(query), "null_characters_not_allowed", "NUL is not text.")
    return None


def _parameter_with_nul(query: str) -> str:
    """The first whose name or value holds it; what is no parameter at all is the query's own."""
    parameters = parse_qsl(query, keep_blank_values=True)
    named = next((name for name, value in parameters if NUL in name + value), "")
    return named.replace(NUL, "") or "query"


def answer_both_slash_forms(get_response: Answer) -> Answer:
    """Routes are declared with a closing slash; without it the same view answers.

    A redirect would lose the body of a POST. The admin redirects: its pages hold relative links.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if not path.endswith("/") and not path.startswith(("/admin", "/static/")):
            request.path_info = path + "/"
        return get_response(request)

    return answer


def tell_rate_limit(get_response: Answer) -> Answer:
    """Put the caller's remaining budget, left on the request by the throttle, into headers."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        budget = getattr(request, "rate_budget", None)
        if budget is not None:
            response["RateLimit-Limit"] = str(budget.limit)
            response["RateLimit-Remaining"] = str(budget.remaining)
            response["RateLimit-Reset"] = str(budget.reset_seconds)
        return response

    return answer
