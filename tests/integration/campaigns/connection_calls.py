"""How these tests speak to the routes of ad accounts."""

from typing import Any

from campaigns.models import Connection
from tests.people import Person

CONNECTIONS = "/api/v1/connections/"
SECRET = "EAAB-top-secret-token"
ACCOUNT = {
    "platform": "meta",
    "external_account_id": "act_1",
    "name": "Shop",
    "currency": "USD",
    "timezone": "America/New_York",
}


def address(connection: Connection) -> str:
    return f"{CONNECTIONS}{connection.id}/"


def connected(who: Person, **fields: Any) -> Connection:
    """Connect an ad account over the API; the row."""
    body = ACCOUNT | {"credentials": {"access_token": SECRET}} | fields
    response = who.client.post(CONNECTIONS, body, format="json")
    assert response.status_code == 201, response.content
    return Connection.objects.get(id=response.json()["id"])
