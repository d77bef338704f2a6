"""The OpenAPI file: one for everybody, whatever they put into the address."""

from typing import Any

import pytest
from django.utils.translation import trans_real

from api.schema_view import _schema_file
from tests.people import visitor

pytestmark = pytest.mark.django_db

SCHEMA = "/api/schema/"
OPENAPI_JSON = "application/vnd.oai.openapi+json"


def test_it_comes_as_yaml_and_as_json() -> None:
    yaml, json = visitor().get(SCHEMA), visitor().get(SCHEMA, headers={"Accept": OPENAPI_JSON})
    assert yaml["Content-Type"] == "application/vnd.oai.openapi; charset=utf-8"
    assert yaml.content.startswith(b"openapi: 3.1")
    assert json["Content-Type"] == OPENAPI_JSON
    assert json.json()["info"]["version"] == "1.0.0"
    assert "/api/v1/campaigns/" in json.json()["paths"]


@pytest.mark.parametrize("query", ["version=%0A", "version=9", "lang=xx-unheard-of", "lang=de&version=1"])
def test_parameters_change_nothing_and_leave_nothing_behind(query: str) -> None:
    plain = visitor().get(SCHEMA)
    made = _schema_file.cache_info().misses
    asked = visitor().get(f"{SCHEMA}?{query}")
    assert (asked.status_code, asked.content) == (200, plain.content)
    assert asked["Content-Disposition"] == 'inline; filename="Campaign Analytics.yaml"'
    assert _schema_file.cache_info().misses == made
    assert "xx-unheard-of" not in trans_real._translations


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("DELETE", SCHEMA, {}, 405),
        ("GET", SCHEMA, {"Accept": "image/png"}, 406),
        ("DELETE", "/api/docs/", {}, 405),
        ("DELETE", "/api/docs/", {"Accept": "text/html"}, 405),
        ("GET", "/api/docs/", {"Accept": "image/png"}, 406),
    ],
)
def test_what_fails_here_fails_in_json(method: str, path: str, headers: Any, status: int) -> None:
    answer = visitor().generic(method, path, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
