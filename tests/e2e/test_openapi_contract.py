"""What the OpenAPI file promises, asked at random: no server error, and only answers that it documents."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from msgspec import structs
from rest_framework_simplejwt.tokens import AccessToken
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from accounts import attempts
from analytics_project.wsgi import application
from api import throttles
from runtime.config import configuration
from runtime.options import RateLimits
from tests.people import owner

pytestmark = pytest.mark.django_db

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
UNLIMITED = structs.replace(
    configuration(),
    rate_limits=RateLimits(**dict.fromkeys(RateLimits.__struct_fields__, 1_000_000)),
)

schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    """The access token of an owner whom no rate limit stops."""
    for module in (throttles, attempts):
        monkeypatch.setattr(module, "configuration", lambda: UNLIMITED)
    return str(AccessToken.for_user(owner().user))


@schema.parametrize()
@settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_keeps_its_contract(case: Any, token: str) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)
