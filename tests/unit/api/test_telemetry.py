"""One line and one set of figures for each request, by route."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import resolve
from structlog.contextvars import get_contextvars, merge_contextvars
from structlog.testing import LogCapture

from api.middleware import name_request
from api.telemetry import be_quiet, measure_requests
from runtime.telemetry.logs import add_context
from runtime.telemetry.metrics import OWN_REGISTRY

Answer = Callable[[HttpRequest], HttpResponse]


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    capture = LogCapture()
    before = structlog.get_config()["processors"]
    structlog.configure(processors=[merge_contextvars, capture])
    yield capture.entries
    structlog.configure(processors=before)


def ok(request: HttpRequest) -> HttpResponse:
    request.resolver_match = resolve("/api/docs/problems/conflict/")
    return HttpResponse()


def ask(view: Answer, method: str = "GET", path: str = "/secret-path/?token=hunter2") -> HttpResponse:
    return name_request(measure_requests(view))(RequestFactory().generic(method, path))


def requests_counted(**labels: str) -> float:
    return OWN_REGISTRY.get_sample_value("ca_http_requests_total", labels) or 0


def test_a_request_is_one_line_with_its_route_status_and_time(lines: list[dict[str, Any]]) -> None:
    response = ask(ok)
    [line] = lines
    assert line["event"] == "request"
    assert line["route"] == "api/docs/problems/<slug:code>/"
    assert (line["method"], line["status"]) == ("GET", 200)
    assert line["milliseconds"] >= 0
    assert line["request_id"] == response["X-Request-Id"]


def test_neither_the_path_nor_the_query_is_written(lines: list[dict[str, Any]]) -> None:
    ask(ok)
    assert "hunter2" not in str(lines)
    assert "secret-path" not in str(lines)


def test_who_called_stands_in_the_line_and_not_in_the_next_one(lines: list[dict[str, Any]]) -> None:
    def signed_in(request: HttpRequest) -> HttpResponse:
        add_context(caller="user:1", workspace_id="w1")
        return ok(request)

    ask(signed_in)
    ask(ok)
    assert [line.get("caller") for line in lines] == ["user:1", None]
    assert get_contextvars() == {}


def test_a_request_is_counted_by_route_and_class_of_status(lines: list[dict[str, Any]]) -> None:
    labels = {"method": "GET", "route": "api/docs/problems/<slug:code>/", "status": "2xx"}
    before = requests_counted(**labels)
    ask(ok)
    ask(ok, path="/api/docs/problems/other/")
    assert requests_counted(**labels) == before + 2


def test_what_a_client_makes_up_makes_no_new_figures(lines: list[dict[str, Any]]) -> None:
    def nothing(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=404)

    labels = {"method": "OTHER", "route": "unresolved", "status": "4xx"}
    before = requests_counted(**labels)
    ask(nothing, method="BREW", path="/teapot/1/")
    ask(nothing, method="STEEP", path="/teapot/2/")
    assert requests_counted(**labels) == before + 2


def test_a_failure_leaves_its_traceback_under_the_same_request_id(lines: list[dict[str, Any]]) -> None:
    def broken(request: HttpRequest) -> HttpResponse:
        request.resolver_match = resolve("/api/docs/problems/conflict/")
        raise ZeroDivisionError

    response = ask(convert_exception_to_response(broken))
    failure, line = lines
    assert response.status_code == line["status"] == 500
    assert (failure["event"], failure["route"]) == ("request_failed", "api/docs/problems/<slug:code>/")
    assert failure["exc_info"] is True
    assert failure["request_id"] == line["request_id"] == response["X-Request-Id"]


def test_a_probe_is_written_at_debug_level(lines: list[dict[str, Any]]) -> None:
    def probe(request: HttpRequest) -> HttpResponse:
        be_quiet(request)
        return ok(request)

    ask(probe)
    ask(ok)
    assert [line["log_level"] for line in lines] == ["debug", "info"]


def test_nothing_stays_in_progress_even_after_a_failure(lines: list[dict[str, Any]]) -> None:
    def broken(request: HttpRequest) -> HttpResponse:
        assert OWN_REGISTRY.get_sample_value("ca_http_requests_in_progress") == 1
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask(broken)
    assert OWN_REGISTRY.get_sample_value("ca_http_requests_in_progress") == 0
