"""What is answered before any view runs."""

import json
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from api import middleware


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.path_info)


def answer(step: Any, method: str = "get", path: str = "/", **extra: Any) -> HttpResponse:
    request = getattr(RequestFactory(), method)(path, **extra)
    response = step(view)(request)
    assert isinstance(response, HttpResponse)
    return response


def test_a_sane_request_id_is_kept_and_any_other_replaced() -> None:
    kept = answer(middleware.name_request, headers={"X-Request-Id": "abc-1"})
    replaced = answer(middleware.name_request, headers={"X-Request-Id": "a b\x07"})
    assert kept["X-Request-Id"] == "abc-1"
    assert len(replaced["X-Request-Id"]) == 32


@pytest.mark.parametrize(
    ("length", "status"), [("2097152", 200), ("2097153", 413), ("-1", 411), ("x", 411), ("", 200)]
)
def test_a_body_is_judged_by_its_announced_length(length: str, status: int) -> None:
    assert answer(middleware.refuse_unreadable, "post", CONTENT_LENGTH=length).status_code == status


@pytest.mark.parametrize("encoding", ["chunked", "Chunked", "gzip, CHUNKED"])
def test_a_chunked_body_is_refused_rather_than_taken_for_empty(encoding: str) -> None:
    response = answer(middleware.refuse_unreadable, "post", headers={"Transfer-Encoding": encoding})
    assert response.status_code == 411


def test_nul_in_a_path_is_nothing() -> None:
    assert answer(middleware.refuse_unreadable, path="/a%00b/").status_code == 404


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("a=1&q=x%00", "q"),
        ("a=1&q=%00&b=%00", "q"),
        ("na%00me=1", "name"),
        ("%00", "query"),
        ("%00=1", "query"),
        ("n" * 5000 + "=%00", "n" * 500 + "…"),
    ],
    ids=["value", "two values", "name", "alone", "no name", "long name"],
)
def test_nul_in_a_query_is_an_error_of_the_parameter_that_holds_it(query: str, named: str) -> None:
    refused = answer(middleware.refuse_unreadable, path=f"/a/?{query}")
    [error] = json.loads(refused.content)["errors"]
    assert (refused.status_code, error["field"]) == (400, named)


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("/api/v1/x", "/api/v1/x/"),
        ("/api/v1/x/", "/api/v1/x/"),
        ("/admin/x", "/admin/x"),
        ("/static/a.js",) * 2,
    ],
)
def test_both_slash_forms_reach_the_same_view(sent: str, seen: str) -> None:
    assert answer(middleware.answer_both_slash_forms, path=sent).content.decode() == seen
