"""What every answer tells a browser about what it may do with it."""

import pytest
from django.http import HttpResponseBase
from django.test import Client, override_settings

PAGE = "https://shop.example.com"


def answer(path: str = "/nothing/", method: str = "GET", **headers: str) -> HttpResponseBase:
    """Of a path that leads nowhere, so that no store is asked."""
    return Client().generic(method, path, headers=headers)


def test_nothing_is_taken_for_what_it_does_not_say_that_it_is_nor_shown_in_a_frame() -> None:
    headers = answer().headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("path", "scripts", "styles"),
    [
        ("/nothing/", "'self'", "'self'"),
        ("/api/nothing/", "'self'", "'self' 'unsafe-inline'"),
        ("/admin/login/nothing/", "'self' 'unsafe-eval'", "'self' 'unsafe-inline'"),
    ],
)
def test_a_page_runs_no_script_of_another_origin_and_none_inline(
    path: str, scripts: str, styles: str
) -> None:
    rules = dict(rule.split(" ", 1) for rule in answer(path).headers["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == "'none'"
    assert (rules["script-src"], rules["style-src"]) == (scripts, styles)
    assert (rules["frame-ancestors"], rules["base-uri"], rules["form-action"]) == (
        "'none'",
        "'none'",
        "'self'",
    )


def test_a_page_of_an_origin_that_is_not_listed_reads_no_answers() -> None:
    assert not answer(Origin=PAGE).has_header("Access-Control-Allow-Origin")


@override_settings(CORS_ALLOWED_ORIGINS=[PAGE])
def test_a_page_of_another_origin_reads_answers_only_if_it_is_listed() -> None:
    allowed = answer(Origin=PAGE)
    assert allowed["Access-Control-Allow-Origin"] == PAGE
    assert "Retry-After" in allowed["Access-Control-Expose-Headers"]
    assert not answer(Origin="https://evil.example.com").has_header("Access-Control-Allow-Origin")


@override_settings(CORS_ALLOWED_ORIGINS=[PAGE])
def test_a_listed_page_may_send_our_headers() -> None:
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}
    preflight = answer(method="OPTIONS", **asked)
    assert preflight.status_code == 200
    assert {"authorization", "x-write-key", "x-workspace", "if-match"} <= set(
        preflight["Access-Control-Allow-Headers"].split(", ")
    )
