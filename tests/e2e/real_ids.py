"""A workspace in which there is one of everything, and the ids by which the API's paths name them."""

from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from tests.e2e.api_client import ApiClient
from tests.e2e.filled_workspace import PASSWORD, fill_workspace
from tests.running_stack import RealStack

OWNER, MEMBER, INVITED = "random@example.com", "random-member@example.com", "random-invited@example.com"
V1 = "/api/v1"
WORKSPACE = f"{V1}/workspaces/{{workspace_id}}"
CAMPAIGN = f"{V1}/campaigns/{{name}}"
SCOPES = ["read", "write", "events"]


@dataclass
class RealIds:
    owner: ApiClient
    by_path: dict[str, dict[str, str]]
    _turns: Any = field(default_factory=lambda: cycle([True, False]))

    def put_into(self, case: Any) -> bool:
        """Into every other call whose path takes ids; whether it was done."""
        ids = self.by_path.get(case.path)
        if not ids or not next(self._turns):
            return False
        case.path_parameters = dict(ids)
        return True


def real_ids(stack: RealStack, nobody: ApiClient) -> RealIds:
    """Of a newcomer's workspace. What is deleted under one path is another one than under the others."""
    joined = nobody.post(f"{V1}/auth/register/", {"email": OWNER, "password": PASSWORD}).body
    owner = ApiClient(nobody.base_url, joined["access"], (OWNER, PASSWORD))
    edited, whole = (_campaign(owner, reference) for reference in ("cmp-2", "cmp-1"))
    workspace = f"{V1}/workspaces/{joined['workspace']['id']}"
    fill_workspace(f"{workspace}/", owner, nobody, stack.data_dir, MEMBER, INVITED)
    own = {"workspace_id": joined["workspace"]["id"]}
    name = {"name": whole}
    return RealIds(
        owner,
        {
            f"{V1}/api-keys/{{key_id}}/": {"key_id": _api_key(owner)},
            f"{V1}/write-keys/{{key_id}}/": {"key_id": _write_key(owner)},
            f"{V1}/connections/{{connection_id}}/": {"connection_id": _first(owner, f"{V1}/connections/")},
            f"{V1}/runs/{{run_id}}/": {"run_id": _first(owner, f"{V1}/runs/")},
            f"{V1}/runs/{{run_id}}/cancel/": {"run_id": _first(owner, f"{V1}/runs/")},
            f"{CAMPAIGN}/": {"name": edited},
            f"{CAMPAIGN}/insights/": name,
            f"{CAMPAIGN}/reaggregate/": name,
            f"{CAMPAIGN}/grants/": name,
            f"{CAMPAIGN}/grants/{{grant_id}}/": name
            | {"grant_id": _first(owner, f"{V1}/campaigns/{whole}/grants/")},
            f"{WORKSPACE}/": own,
            f"{WORKSPACE}/members/": own,
            f"{WORKSPACE}/members/{{membership_id}}/": own
            | {"membership_id": _member(owner, f"{workspace}/members/")},
            f"{WORKSPACE}/invitations/": own,
            f"{WORKSPACE}/invitations/{{invitation_id}}/": own
            | {"invitation_id": _first(owner, f"{workspace}/invitations/")},
            f"{WORKSPACE}/api-keys/": own,
            f"{WORKSPACE}/api-keys/{{key_id}}/": own | {"key_id": _api_key(owner)},
            f"{WORKSPACE}/write-keys/": own,
            f"{WORKSPACE}/write-keys/{{key_id}}/": own | {"key_id": _write_key(owner)},
        },
    )


def _campaign(owner: ApiClient, reference: str) -> str:
    body = {"name": reference, "reference": reference, "platform": "meta", "currency": "EUR"}
    return str(owner.post(f"{V1}/campaigns/", body).body["id"])


def _api_key(owner: ApiClient) -> str:
    return str(owner.post(f"{V1}/api-keys/", {"name": "one", "scopes": SCOPES}).body["id"])


def _write_key(owner: ApiClient) -> str:
    return str(owner.post(f"{V1}/write-keys/", {"name": "one"}).body["id"])


def _first(owner: ApiClient, path: str) -> str:
    return str(owner.get(path).body["results"][0]["id"])


def _member(owner: ApiClient, path: str) -> str:
    """Another one than the owner."""
    return next(str(one["id"]) for one in owner.get(path).body["results"] if one["user"]["email"] == MEMBER)
