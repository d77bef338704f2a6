"""What the OpenAPI file promises, asked at random: no server error, and only answers that it documents."""

import json
from http import HTTPStatus
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
from tests.e2e.real_ids import RealIds, real_ids
from tests.running_stack import RealStack

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
def real(stack: RealStack, nobody: ApiClient) -> RealIds:
    """Of somebody new, so that the demo's own sign-in survives what is tried."""
    return real_ids(stack, nobody)


@pytest.fixture
def token(real: RealIds) -> str:
    """It lives for five minutes, and is renewed where it is over."""
    assert real.owner.get("/api/v1/auth/me/").status == HTTPStatus.OK
    return real.owner.credential


@schema.parametrize()
@settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_keeps_its_contract(
    case: Any, demo: dict[str, Any], token: str, real: RealIds
) -> None:
    """Every other time with ids of what there is: nearly all that are drawn end at a 404."""
    is_real = real.put_into(case)
    answer = case.call_and_validate(
        base_url=demo["base_url"], headers={"Authorization": f"Bearer {token}"}, checks=CHECKS
    )
    assert not is_real or case.method != "GET" or answer.status_code != HTTPStatus.NOT_FOUND


def test_there_are_real_ids_for_every_path_that_takes_some(real: RealIds) -> None:
    paths = {path for path in declared["paths"] if "{" in path}
    assert paths - real.by_path.keys() == {"/api/docs/problems/{code}/"}
