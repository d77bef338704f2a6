"""What the OpenAPI file promises, asked at random: no server error, and only answers that it documents."""

import json
from typing import Any

import pytest
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from tests.e2e.api_client import ApiClient

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@schemathesis.serializer("application/x-ndjson")
def as_it_is(ctx: Any, value: Any) -> Any:
    """The body is declared as text already."""
    return str(value).encode("utf-8", "surrogatepass")


declared = json.loads(OpenApiJsonRenderer().render(SchemaGenerator().get_schema(public=True)))
schema = schemathesis.openapi.from_dict(declared)


@pytest.fixture(scope="module")
def token(nobody: ApiClient) -> str:
    """The access token of somebody new, so that the demo's own sign-in survives what is tried."""
    body = {"email": "random@example.com", "password": "correct horse battery"}
    return str(nobody.post("/api/v1/auth/register", body).body["access"])


@schema.parametrize()
@settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_keeps_its_contract(case: Any, demo: dict[str, Any], token: str) -> None:
    case.call_and_validate(
        base_url=demo["base_url"], headers={"Authorization": f"Bearer {token}"}, checks=CHECKS
    )
