"""Every route of the resolver, the admin's included, against nobody, a stranger and a viewer.

A new route is in here by itself. What it may do beyond the rule is written down below, by name.
"""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests.one_of_everything import World
from tests.people import Person, client_with, stranger, visitor
from tests.routes import UNSAFE, Route, every_route

pytestmark = pytest.mark.django_db

# Answers without credentials, by design.
PUBLIC = {
    "/",
    "/health/",
    "/health/live/",
    "/health/ready/",
    "/metrics/",
    "/api/schema/",
    "/api/schemas/events/<file>/",
    "/api/docs/",
    "/api/docs/problems/<code>/",
    "/api/browse/login/",
    "/api/browse/logout/",
    "/account/invitation/",
    "/account/password/",
    "/api/v1/auth/register/",
    "/api/v1/auth/login/",
    "/api/v1/auth/refresh/",
    "/api/v1/auth/logout/",
    "/api/v1/auth/password/reset/",
    "/api/v1/auth/password/reset/confirm/",
    "/api/v1/invitations/accept/",
}
# Belongs to a person and not to a workspace: everybody reads and writes their own.
PERSONAL = {"/api/v1/auth/me/", "/api/v1/auth/password/change/", "/api/v1/workspaces/"}
ADMIN_DOORS = {"/admin", "/admin/login/", "/admin/logout/"}

ROUTES = list(every_route())
OF_THE_ADMIN = [route for route in ROUTES if route.template.startswith("/admin")]
OF_A_WORKSPACE = [
    route for route in ROUTES if route.template not in PUBLIC | PERSONAL and route not in OF_THE_ADMIN
]
TAKING_WRITE_KEYS = {"/api/v1/events/"}
ASKING_FOR_SOMEBODY = [
    route
    for route in ROUTES
    if route.template not in PUBLIC | TAKING_WRITE_KEYS and route not in OF_THE_ADMIN
]


def calls(routes: list[Route], *methods: str) -> list[Any]:
    return [
        pytest.param(route, method, id=f"{method} {route.template}")
        for route in routes
        for method in route.methods
        if method in methods
    ]


@pytest.fixture
def world() -> World:
    return World()


def send(client: APIClient, method: str, path: str, **headers: str) -> Any:
    return client.generic(method, path, "{}", "application/json", headers=headers)


@pytest.mark.parametrize(("route", "method"), calls(OF_A_WORKSPACE, "GET", *UNSAFE))
def test_without_a_token_every_route_is_a_401(world: World, route: Route, method: str) -> None:
    response = send(APIClient(), method, world.path(route))
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("route", "method"), calls(OF_A_WORKSPACE, "GET", *UNSAFE))
def test_a_stranger_learns_nothing_of_what_exists(world: World, route: Route, method: str) -> None:
    somebody = stranger()
    if route.parameters:
        assert send(somebody.client, method, world.path(route)).status_code == 404
    elif method == "GET":
        assert send(somebody.client, method, world.path(route)).json()["results"] == []


@pytest.mark.parametrize(("route", "method"), calls(OF_A_WORKSPACE, "GET", *UNSAFE))
def test_a_stranger_cannot_choose_our_workspace(world: World, route: Route, method: str) -> None:
    response = send(stranger().client, method, world.path(route), **{"X-Workspace": str(world.workspace.id)})
    assert response.status_code == 404


@pytest.mark.parametrize(("route", "method"), calls(OF_A_WORKSPACE, "GET"))
def test_a_viewer_reads(world: World, route: Route, method: str) -> None:
    assert send(world.viewer.client, method, world.path(route)).status_code == 200


@pytest.mark.parametrize(("route", "method"), calls(OF_A_WORKSPACE, *UNSAFE))
def test_a_viewer_writes_nothing(world: World, route: Route, method: str) -> None:
    response = send(world.viewer.client, method, world.path(route))
    assert response.status_code == 403
    assert response.json()["code"] == "permission_denied"


@pytest.mark.parametrize(("route", "method"), calls(ASKING_FOR_SOMEBODY, "GET", *UNSAFE))
def test_a_write_key_opens_nothing_but_the_door_for_events(world: World, route: Route, method: str) -> None:
    key = world.write_key.key
    for client, headers in ((client_with(key), {}), (visitor(), {"X-Write-Key": key})):
        assert send(client, method, world.path(route), **headers).status_code == 401


@pytest.mark.parametrize(("route", "method"), calls(OF_A_WORKSPACE, "GET"))
def test_every_route_says_how_it_is_spoken_to(world: World, route: Route, method: str) -> None:
    response = send(world.owner.client, "OPTIONS", world.path(route))
    assert response.status_code == 200
    assert response.json()["parses"] == ["application/json"]


@pytest.mark.parametrize("form", ["with a slash", "without"])
@pytest.mark.parametrize(("route", "method"), calls(OF_A_WORKSPACE, "GET"))
def test_both_slash_forms_answer(world: World, route: Route, method: str, form: str) -> None:
    path = world.path(route) if form == "with a slash" else world.path(route).rstrip("/")
    assert send(world.owner.client, method, path).status_code == 200


@pytest.mark.parametrize(
    ("route", "method"), calls([r for r in ROUTES if r.template in PERSONAL], "GET", *UNSAFE)
)
def test_what_is_personal_asks_for_a_person(route: Route, method: str) -> None:
    assert send(APIClient(), method, route.template).status_code == 401


@pytest.mark.parametrize("person", ["nobody", "member"])
@pytest.mark.parametrize(
    "route", [r for r in OF_THE_ADMIN if r.template not in ADMIN_DOORS], ids=lambda route: route.template
)
def test_the_admin_shows_its_sign_in_to_all_but_staff(world: World, route: Route, person: str) -> None:
    client = Client() if person == "nobody" else world.owner.browser
    path = world.path(route).replace("(?P<url>.*)", "x").split("(?P")[0]
    for response in (client.get(path), client.post(path, {"action": "delete_selected", "post": "yes"})):
        assert response.status_code == 302
        assert urlsplit(response["Location"]).path == "/admin/login/"


def test_the_name_of_the_admin_leads_to_it() -> None:
    for response in (Client().get("/admin"), Client().post("/admin")):
        assert (response.status_code, response["Location"]) == (302, "/admin/")


def test_the_lists_of_exceptions_name_routes_that_exist() -> None:
    templates = {route.template for route in ROUTES}
    assert PUBLIC - templates == set()
    assert PERSONAL - templates == set()
    assert TAKING_WRITE_KEYS - templates == set()


def test_the_walk_reaches_the_routes_that_it_is_for(world: World) -> None:
    assert isinstance(world.owner, Person)
    assert {"/api/v1/campaigns/<name>/", "/api/v1/workspaces/<workspace_id>/members/"} <= {
        route.template for route in OF_A_WORKSPACE
    }
    assert len(OF_THE_ADMIN) > 30
