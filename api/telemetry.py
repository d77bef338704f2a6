"""One log line and one set of figures for each request, by route and never by path."""

import time
from collections.abc import Callable
from typing import Any

import structlog
from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from api.problems import request_id_of
from runtime.telemetry.logs import begin_context, end_context
from runtime.telemetry.metrics import Metric, count, move, observe

logger = structlog.get_logger(__name__)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "unresolved"


def measure_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Stands right below the middleware that names the request, so that every line carries its id."""

    def answer(request: HttpRequest) -> HttpResponse:
        begin_context(request_id=request_id_of(request))
        start = time.perf_counter()
        move(Metric.HTTP_REQUESTS_IN_PROGRESS, 1)
        try:
            response = get_response(request)
            _record(request, response.status_code, time.perf_counter() - start)
        finally:
            move(Metric.HTTP_REQUESTS_IN_PROGRESS, -1)
            end_context()
        return response

    return answer


def route_of(request: HttpRequest) -> str:
    """The pattern that matched: its values are few, and it holds none of a path's ids and tokens."""
    match = request.resolver_match
    return match.route if match else NO_ROUTE


def be_quiet(request: HttpRequest) -> None:
    """Log this request at debug level: a probe comes every few seconds and says nothing new."""
    request.quiet = True  # type: ignore[attr-defined]


def _record(request: HttpRequest, status: int, seconds: float) -> None:
    method = request.method if request.method in METHODS else "OTHER"
    route = route_of(request)
    count(Metric.HTTP_REQUESTS, method=method, route=route, status=f"{status // 100}xx")
    observe(Metric.HTTP_REQUEST_SECONDS, seconds, method=method, route=route)
    say = logger.debug if getattr(request, "quiet", False) else logger.info
    say("request", method=method, route=route, status=status, milliseconds=round(seconds * 1000, 2))


@receiver(got_request_exception)
def _log_failure(request: HttpRequest | None = None, **_: Any) -> None:
    """The traceback of a 500, whose answer holds nothing but the request id."""
    logger.exception("request_failed", route=route_of(request) if request else NO_ROUTE)
