"""What names something, in a path, a query, a header or a body, names nothing of another workspace.

Walks the OpenAPI file: each of its parameters and fields is either listed below as one that names nothing, or
gets what a stranger has by that name, and must answer as to a name that nobody has. A new field fails here
until somebody has said which of the two it is.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction
from django.db.models import Model
from drf_spectacular.generators import SchemaGenerator

from ingestion import accepting
from tests.integration.ingestion.event_calls import RECENTLY, click, metric, new_log
from tests.one_of_everything import World
from tests.routes import Route, every_route

pytestmark = pytest.mark.django_db

NEVER = "0b8f6b1c-7a52-4b4f-9f0b-2f3f0d3f8a11"
PLAIN_TYPES = {"boolean", "integer", "number"}
PLAIN_FORMATS = {"date", "date-time"}
# Values, words of a closed list, and texts that are stored or searched for as they are.
_VALUES = """
name role status platform objective type source period scopes currency timezone amount value spend revenue
region device consent referrer impressions clicks conversions occurred_at click_date conversion_date
workspace_name order utm_source utm_medium utm_campaign utm_term utm_content utm_id
gclid gbraid wbraid fbclid ttclid li_fat_id msclkid user_id
"""
NAMES_NOTHING = set(_VALUES.split())
# Whoever holds one is whom it was made for; tested with the routes that take them.
CREDENTIALS = {"password", "current_password", "new_password", "refresh", "token", "credentials"}
SIGNING_IN = "/api/v1/auth/"  # there an address stands beside its password; ADR 0002 tells of registration


@dataclass(frozen=True)
class Names:
    """What a stranger calls something, what nobody calls anything, and whether naming it must be refused."""

    theirs: Callable[[World], str]
    nobodys: str = NEVER
    refused: bool = True


FREE = {"refused": False}  # a name that the sender gives: in their own workspace it is still to be had
FIELDS = {
    "connection": Names(lambda world: str(world.connection.id)),
    "campaign": Names(lambda world: str(world.campaign.id)),
    "membership": Names(lambda world: str(world.viewer.membership.id)),
    "campaign_id": Names(lambda world: world.campaign.reference, "a-0"),
    "reference": Names(lambda world: world.campaign.reference, "a-0", **FREE),
    "external_id": Names(lambda world: world.campaign.external_id, "x-0", **FREE),
    "external_account_id": Names(lambda world: world.connection.external_account_id, "act_0", **FREE),
    "tag": Names(lambda world: world.campaign.tags[0], "t-0", **FREE),
    "tags": Names(lambda world: world.campaign.tags[0], "t-0", **FREE),
    "search": Names(lambda world: world.campaign.name, "Sale 0", **FREE),
    "email": Names(lambda world: world.viewer.user.email, "nobody-00000000@example.com", **FREE),
    "event_id": Names(lambda world: "e-2", "e-0", **FREE),
    "deduplication_key": Names(lambda world: "e-2", "e-0", **FREE),
    "click_id": Names(lambda world: "c-2", "c-0", **FREE),
    "conversion_id": Names(lambda world: "v-2", "v-0", **FREE),
    "write_key": Names(lambda world: world.write_key.key, "wk_nobodys", **FREE),
    "If-Match": Names(lambda world: tags_of(world.campaign, world.connection), f'"{NEVER}-1"', **FREE),
    "If-None-Match": Names(lambda world: tags_of(world.campaign, world.connection), f'"{NEVER}-1"', **FREE),
}
CURSOR = "cursor"  # stands for a place in a list; has a test of its own
LISTS = {"tags"}


def tags_of(*rows: Model) -> str:
    return ", ".join(f'"{row.pk.hex}-1"' for row in rows)


@dataclass(frozen=True)
class Spot:
    """A place in a request that may name something."""

    method: str
    template: str  # as the OpenAPI file spells it
    place: str
    name: str

    def __str__(self) -> str:
        return f"{self.method} {self.template} {self.place} {self.name}"

    def is_judged(self) -> bool:
        is_address = self.name == "email" and self.template.startswith(SIGNING_IN)
        return self.name in NAMES_NOTHING | CREDENTIALS | FIELDS.keys() | {CURSOR} or is_address

    def names_something(self) -> bool:
        return self.name in FIELDS and not self.template.startswith(SIGNING_IN)


class Declared:
    """The OpenAPI file, spot by spot."""

    def __init__(self) -> None:
        self._file = SchemaGenerator().get_schema(public=True)

    @cached_property
    def spots(self) -> list[Spot]:
        found = {
            Spot(method.upper(), template, place, name): None
            for template, operations in self._file["paths"].items()
            for method, operation in operations.items()
            for place, name in self._of(operation)
        }
        return list(found)

    def _of(self, operation: Any) -> Iterator[tuple[str, str]]:
        for parameter in operation.get("parameters", ()):
            if parameter["in"] != "path" and not _is_plain(parameter["schema"]):
                yield parameter["in"], parameter["name"]
        for content in operation.get("requestBody", {}).get("content", {}).values():
            for name in self._fields(content.get("schema", {})):
                yield "body", name

    def _fields(self, schema: Any) -> Iterator[str]:
        if "$ref" in schema:
            schema = self._file["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        for part in [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]:
            yield from self._fields(part)
        yield from self._fields(schema["items"]) if "items" in schema else ()
        for name, field in schema.get("properties", {}).items():
            below = list(self._fields(field))
            yield from below
            if not below and not _is_plain(field):
                yield name


def _is_plain(schema: Any) -> bool:
    schema = schema.get("items", schema)
    return str(schema.get("type")) in PLAIN_TYPES or schema.get("format") in PLAIN_FORMATS or "enum" in schema


DECLARED = Declared()
NAMING = [spot for spot in DECLARED.spots if spot.names_something()]
PAGED = [spot for spot in DECLARED.spots if spot.name == CURSOR]
NESTED = [route for route in every_route() if route.parameters and route.template.startswith("/api/v1/")]


@pytest.fixture
def ours() -> World:
    return World("1")


@pytest.fixture
def theirs() -> World:
    return World("2")


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    log = new_log()
    monkeypatch.setattr(accepting, "event_log", lambda: log)
    yield
    log.close()


def body_of(spot: Spot, value: str) -> dict[str, Any]:
    """A body that would be taken but for the field in question."""
    own: dict[str, Any] = {}
    if spot.template == "/api/v1/events/":
        own = _event_with(spot.name)
    elif spot.template.startswith("/api/v1/campaigns/") and "grants" not in spot.template:
        own = {"name": "A", "platform": "meta"}
    elif spot.template.startswith("/api/v1/connections/"):
        own = {"platform": "meta", "external_account_id": "act_9", "name": "A"}
        own |= {"currency": "EUR", "timezone": "UTC"}
    elif "invitations" in spot.template:
        own = {"role": "viewer"}
    return own | {spot.name: [value] if spot.name in LISTS else value}


def _event_with(name: str) -> dict[str, Any]:
    if name == "click_id":
        return click(campaign_id="a-1")
    if name == "conversion_id":
        own = {"kind": "conversion", "campaign_id": "a-1", "user_id": "ada", "source": "shop"}
        return own | {"type": "purchase", "conversion_date": RECENTLY.isoformat()}
    event = metric(campaign_id="a-1")
    del event["event_id"]
    return event


def asked(world: World, spot: Spot, value: str) -> Any:
    """The answer to the owner; what it did is undone, so that the next one finds the same."""
    route = next(r for r in every_route() if r.template == spot.template.replace("{", "<").replace("}", ">"))
    path, body, headers = world.path(route), {}, {}
    if spot.place == "body":
        body = body_of(spot, value)
    elif spot.place == "header":
        headers = {spot.name: value}
        body = body_of(spot, value) if spot.method == "PUT" else {}
    client = world.owner.client
    if spot.method == "GET":
        return client.get(path, {spot.name: value} if spot.place == "query" else {}, headers=headers)
    with transaction.atomic():
        response = client.generic(spot.method, path, json.dumps(body), "application/json", headers=headers)
        transaction.set_rollback(True)
    return response


def told(response: Any, sent: str) -> tuple[int, str]:
    """What the sender learns, without what they said themselves and what is new in every answer."""
    text = response.content.decode().replace(json.dumps(sent)[1:-1], "(sent)").replace(sent, "(sent)")
    text = re.sub(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", "(id)", text)
    return response.status_code, re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)", "(time)", text)


def rows_of(world: World) -> list[Any]:
    return [
        list(type(row).objects.filter(pk=row.pk).values())
        for row in vars(world).values()
        if isinstance(row, Model)
    ]


@pytest.mark.parametrize("spot", DECLARED.spots, ids=str)
def test_somebody_said_of_every_field_whether_it_names_something(spot: Spot) -> None:
    assert spot.is_judged(), "list it: in FIELDS with what a stranger has by that name, or in NAMES_NOTHING"


@pytest.mark.parametrize("spot", NAMING, ids=str)
def test_what_a_stranger_has_is_as_unknown_as_what_nobody_has(ours: World, theirs: World, spot: Spot) -> None:
    names = FIELDS[spot.name]
    before = rows_of(theirs)
    value = names.theirs(theirs)
    answer = asked(ours, spot, value)
    assert told(answer, value) == told(asked(ours, spot, names.nobodys), names.nobodys)
    assert rows_of(theirs) == before
    if names.refused:
        assert answer.status_code in {400, 403, 404, 422} or answer.json()["results"] == []


@pytest.mark.parametrize("spot", PAGED, ids=str)
def test_a_cursor_is_of_one_list_of_one_workspace(ours: World, theirs: World, spot: Spot) -> None:
    route = next(r for r in every_route() if r.template == spot.template.replace("{", "<").replace("}", ">"))
    for world in (ours, theirs):
        world.fill()
    page = theirs.owner.client.get(theirs.path(route), {"limit": 1}).json()["next"]
    [cursor] = parse_qs(urlsplit(page).query)[CURSOR]
    refused = ours.owner.client.get(ours.path(route), {CURSOR: cursor})
    forged = ours.owner.client.get(ours.path(route), {CURSOR: "forged"})
    assert refused.status_code == 400
    assert told(refused, cursor) == told(forged, "forged")


@pytest.mark.parametrize("route", NESTED, ids=lambda route: route.template)
def test_a_path_that_goes_on_to_a_strangers_is_nowhere(ours: World, theirs: World, route: Route) -> None:
    for parameter in route.parameters:
        for method in route.methods:
            path = route.path(ours.names(route) | {parameter: theirs.names(route)[parameter]})
            answer = ours.owner.client.generic(method, path, "{}", "application/json")
            assert answer.status_code == 404, (method, path)


def test_the_lists_name_fields_that_exist() -> None:
    declared = {spot.name for spot in DECLARED.spots}
    assert FIELDS.keys() - declared == set()
    assert CREDENTIALS - declared == set()
    assert NAMES_NOTHING - declared == set()
