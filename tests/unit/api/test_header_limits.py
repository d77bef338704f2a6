"""What headers hold is judged before Django reads it, and refused as everything else is."""

import json
from collections.abc import Iterator
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from api.header_limits import with_readable_headers

ENCODED = "application/json; x*=foo''bar"
# All of the product, as the web server calls it.
APPLICATION = with_readable_headers(WSGIHandler())


@pytest.fixture(autouse=True)
def connections_that_others_left_stay_as_they_are() -> Iterator[None]:
    """As with Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def ask(path: str = "/nothing/here/", **environ: str) -> tuple[int, dict[str, Any]]:
    setup_testing_defaults(environ)
    answered: list[str] = []
    body = APPLICATION(
        environ | {"PATH_INFO": path, "HTTP_HOST": "localhost"}, lambda status, _: answered.append(status)
    )
    return int(answered[0][:3]), json.loads(b"".join(body))


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("CONTENT_TYPE", 'a/b;x="' + ";" * 300, "max_length"),
        ("HTTP_ACCEPT", 'a/b;x="' + ";" * 1100, "max_length"),
        ("CONTENT_TYPE", ENCODED, "invalid"),
        ("CONTENT_TYPE", "text/plain; X*0*=utf-16''a", "invalid"),
        ("HTTP_ACCEPT", f"text/html, {ENCODED}", "invalid"),
    ],
)
def test_a_header_that_nobody_could_read_is_a_400(header: str, value: str, code: str) -> None:
    status, problem = ask(**{header: value, "HTTP_X_REQUEST_ID": "mine"})
    assert (status, problem["request_id"]) == (400, "mine")
    name = header.removeprefix("HTTP_").replace("_", "-").title()
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [(name, code)]


@pytest.mark.parametrize("charset", ["rot13", "unicode_escape", "latin-1", '"utf-7"', "hex"])
def test_the_query_is_read_in_no_other_charset_than_utf_8(charset: str) -> None:
    status, problem = ask(CONTENT_TYPE=f"text/plain; Charset = {charset}", QUERY_STRING="a=1")
    assert (status, problem["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "headers",
    [
        {"CONTENT_TYPE": "application/json; charset=utf-8"},
        {"CONTENT_TYPE": 'text/plain;charset="UTF-8"'},
        {"CONTENT_TYPE": "multipart/form-data; boundary=----x"},
        {"HTTP_ACCEPT": "text/xml, */*; q=.2, *; q=.2"},
        {"HTTP_ACCEPT": "application/json;q=0.9, text/*;level=1"},
    ],
)
def test_what_clients_send_passes(headers: dict[str, str]) -> None:
    assert ask(**headers)[0] == 404


def test_probes_are_answered_whatever_the_headers_say() -> None:
    assert ask("/health/live/", HTTP_ACCEPT=ENCODED)[0] == 200


def test_cookies_with_escapes_are_left_out_and_the_others_kept() -> None:
    seen: list[str] = []
    with_readable_headers(lambda environ, _: seen.append(environ["HTTP_COOKIE"]))(
        {"HTTP_COOKIE": 'a=1; sessionid="\\000abc"; csrftoken=x'}, None
    )
    assert seen == ["a=1; csrftoken=x"]


def test_no_client_can_say_that_a_header_was_refused() -> None:
    assert ask(**{"HTTP_API.REFUSED_HEADER": "x", "HTTP_API_REFUSED_HEADER": "x"})[0] == 404
