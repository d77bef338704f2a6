"""The people whom every other test relies on are who they say they are."""

import pytest
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.caller import caller_of
from accounts.permissions import WorkspaceView
from accounts.rights import Right
from tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class Mirror(WorkspaceView):
    """Says who called."""

    rights = {"GET": Right.READ, "POST": Right.WRITE}

    def get(self, request: Request) -> Response:
        caller = caller_of(request)
        return Response(
            {"name": caller.name, "workspace_id": caller.workspace_id, "rights": list(caller.rights)}
        )

    post = get
    put = get  # without a right


urlpatterns = [path("mirror/", Mirror.as_view())]


def test_a_client_speaks_for_its_person_in_their_workspace() -> None:
    ann = people.owner()
    body = ann.client.get("/mirror/").json()
    assert body["name"] == ann.user.email
    assert body["workspace_id"] == str(ann.workspace.id)


def test_roles_decide_what_a_person_may_do() -> None:
    assert people.analyst().client.post("/mirror/").status_code == 200
    assert people.viewer().client.post("/mirror/").status_code == 403


def test_a_method_without_a_right_is_closed_and_one_that_is_none_is_said_to_be_none() -> None:
    boss = people.owner()
    assert boss.client.put("/mirror/").status_code == 403
    assert boss.client.delete("/mirror/").status_code == 405
    assert people.viewer().client.delete("/mirror/").status_code == 405
    assert people.visitor().delete("/mirror/").status_code == 401


def test_a_program_has_its_scopes_and_no_more() -> None:
    program = people.program(people.new_workspace(), [Right.READ])
    assert program.client.get("/mirror/").json()["rights"] == ["read"]
    assert program.client.post("/mirror/").status_code == 403


def test_everybody_signs_in_with_the_same_password() -> None:
    assert people.viewer().user.check_password(people.PASSWORD)
