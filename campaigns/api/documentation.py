"""What the OpenAPI file says about these routes beyond their fields."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

CAMPAIGN_NAME = OpenApiParameter(
    "name", str, OpenApiParameter.PATH, description="The campaign's id or its reference, like `cmp-42`."
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag that you edit. If somebody changed it since, you get a 412 and nothing is written.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag that you hold. If it is still true, you get a 304 without a body.",
)
NOT_MODIFIED = OpenApiResponse(description="What you hold is still true.")
REMOVED: dict[int, Any] = {204: OpenApiResponse(description="Done.")}


def _example(name: str, value: dict[str, Any], **options: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, **options)


_CAMPAIGN_INPUT = {
    "name": "Autumn sale",
    "reference": "autumn-2026",
    "platform": "meta",
    "objective": "conversions",
    "status": "active",
    "budget": {"amount": "150.00", "currency": "EUR", "period": "daily"},
    "currency": "EUR",
    "timezone": "Europe/Berlin",
    "start_date": "2026-11-01",
    "end_date": "2026-11-30",
    "external_id": "23851234567890123",
    "tags": ["sale", "autumn"],
}
_CAMPAIGN_OUTPUT = {
    "id": "0b8f6b1c-7a52-4b4f-9f0b-2f3f0d3f8a11",
    **_CAMPAIGN_INPUT,
    "connection": None,
    "version": 1,
    "created_at": "2026-11-01T09:00:00Z",
    "updated_at": "2026-11-01T09:00:00Z",
    "archived_at": None,
}
_CONNECTION_INPUT = {
    "platform": "meta",
    "external_account_id": "act_1234567890",
    "name": "Shop Germany",
    "currency": "EUR",
    "timezone": "Europe/Berlin",
    "credentials": {"access_token": "EAAB…"},
}

CAMPAIGN_EXAMPLES = [
    _example("A campaign", _CAMPAIGN_INPUT, request_only=True),
    _example("The campaign", _CAMPAIGN_OUTPUT, response_only=True),
]
CHANGE_EXAMPLES = [
    _example("Pause it", {"status": "paused"}, request_only=True),
    _example("The campaign", _CAMPAIGN_OUTPUT | {"status": "paused", "version": 2}, response_only=True),
]
CONNECTION_EXAMPLES = [_example("An ad account", _CONNECTION_INPUT, request_only=True)]
CREDENTIAL_EXAMPLES = [
    _example("New credentials", {"credentials": {"access_token": "EAAB…"}}, request_only=True)
]
GRANT_EXAMPLES = [
    _example("Show it", {"membership": "5a0c2f0e-9f5e-4a55-8d8e-1c2b3a4d5e6f"}, request_only=True)
]
