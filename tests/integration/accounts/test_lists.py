"""The lists of accounts: who may read them, and what they take."""

import pytest

from accounts.rights import Right
from tests.people import new_workspace, owner, program

pytestmark = pytest.mark.django_db

WORKSPACES = "/api/v1/workspaces/"
OF_A_WORKSPACE = ["members", "invitations", "api-keys", "write-keys"]


@pytest.mark.parametrize("what", ["", *OF_A_WORKSPACE])
def test_a_misspelt_parameter_is_an_error_and_not_a_whole_list(what: str) -> None:
    ann = owner()
    path = f"{WORKSPACES}{ann.workspace.id}/{what}/" if what else WORKSPACES
    refused = ann.client.get(path, {"limt": "1"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["code"] == "unknown_parameter"
    assert ann.client.get(path, {"limit": "1"}).status_code == 200


def test_a_program_without_the_right_to_read_does_not_read_what_its_workspace_is_called() -> None:
    assert program(new_workspace(), [Right.EVENTS]).client.get(WORKSPACES).status_code == 403
    assert program(new_workspace(), [Right.READ]).client.get(WORKSPACES).status_code == 200
