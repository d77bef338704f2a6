"""How these tests speak to the routes."""

from typing import Any

from campaigns.models import Campaign
from tests.people import Person

CAMPAIGNS = "/api/v1/campaigns/"
WHOLE = {
    "name": "Autumn sale",
    "reference": "autumn-2026",
    "platform": "meta",
    "objective": "conversions",
    "status": "active",
    "budget": {"amount": "150.50", "currency": "USD", "period": "daily"},
    "currency": "USD",
    "timezone": "Asia/Kolkata",
    "start_date": "2026-11-01",
    "end_date": "2026-11-30",
    "external_id": "23851234567890123",
    "tags": ["sale", "autumn"],
}


def address(name: object) -> str:
    return f"{CAMPAIGNS}{name}/"


def created(who: Person, **fields: Any) -> dict[str, Any]:
    """Create over the API; the answer's body."""
    response = who.client.post(CAMPAIGNS, {"name": "A campaign", "platform": "meta", **fields}, format="json")
    assert response.status_code == 201, response.content
    return dict(response.json())


def row(body: dict[str, Any]) -> Campaign:
    return Campaign.objects.get(id=body["id"])


def errors_of(response: Any) -> dict[str, str]:
    """Field to code of a 400."""
    assert response.status_code == 400, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    return {error["field"]: error["code"] for error in response.json()["errors"]}
