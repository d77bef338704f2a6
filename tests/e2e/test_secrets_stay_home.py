"""What a running stack writes down, and what it shows to others on the machine, holds no secret."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from embedded.process_table import family
from tests.e2e.api_client import ApiClient
from tests.e2e.mailbox import token_in_mail
from tests.e2e.stored_secrets import StoredSecrets
from tests.running_stack import RealStack

NEWCOMER, INVITED, PASSWORD = "somebody@example.net", "invited@example.net", "a-password-of-nobody-else"
MISTYPED = "a-password-that-was-mistyped"
AD_ACCOUNT = {
    "platform": "google",
    "external_account_id": "act_secret",
    "name": "Shop",
    "currency": "EUR",
    "timezone": "UTC",
    "credentials": {"access_token": "a-platform-token-to-be-kept"},
}
EVENT = {"kind": "metric", "campaign_id": "cmp-1", "platform": "meta", "clicks": 1}
OPTION, COLUMN = r"CA_\w+", r"\w+\.\w+"
# Files by what their path begins with, and what the secrets are called that are at home in them. A write key
# is public: it stands in web pages.
HOMES = {
    "demo.json": r"demo .*|the demo's write key",
    "mail/": r"a mailed .*",
    "postgres/": rf"{COLUMN}|.* write key",
    "printed": r"demo .*",
    "run/redis_": OPTION,
    "secrets.json": OPTION,
}


@pytest.fixture(scope="module")
def secrets(stack: RealStack, demo: dict[str, Any], owner: ApiClient, nobody: ApiClient) -> StoredSecrets:
    """Those of a stack that has seen every kind of them come in, go out and be refused."""
    return StoredSecrets(stack.options(), demo, handed_over(stack, demo, owner, nobody))


def handed_over(
    stack: RealStack, demo: dict[str, Any], owner: ApiClient, nobody: ApiClient
) -> dict[str, str]:
    """What was sent and received, by what it is."""
    joined = nobody.post("/api/v1/auth/register/", {"email": NEWCOMER, "password": PASSWORD}).body
    newcomer = ApiClient(nobody.base_url, joined["access"])
    api_key = newcomer.post("/api/v1/api-keys/", {"name": "k", "scopes": ["read", "events"]}).body["key"]
    write_key = newcomer.post("/api/v1/write-keys/", {"name": "w"}).body["key"]
    newcomer.post("/api/v1/connections/", AD_ACCOUNT)
    workspace = f"/api/v1/workspaces/{joined['workspace']['id']}/"
    newcomer.post(f"{workspace}invitations/", {"email": INVITED, "role": "viewer"})
    nobody.post("/api/v1/auth/password/reset/", {"email": NEWCOMER})
    renewed = nobody.post("/api/v1/auth/refresh/", {"refresh": joined["refresh"]}).body
    refuse(nobody, api_key, write_key)
    return {
        "a password": PASSWORD,
        "a mistyped password": MISTYPED,
        "an access token": joined["access"],
        "a spent refresh token": joined["refresh"],
        "a refresh token": renewed["refresh"],
        "an API key": api_key,
        "a write key": write_key,
        "a platform's token": str(AD_ACCOUNT["credentials"]["access_token"]),  # type: ignore[index]
        "a mailed invitation": token_in_mail(stack.data_dir, INVITED),
        "a mailed reset": token_in_mail(stack.data_dir, NEWCOMER),
        "the demo's write key": demo["write_key"],
    }


def refuse(nobody: ApiClient, api_key: str, write_key: str) -> None:
    """Calls that go wrong with a secret in them: in a body, a header, a query."""
    nobody.post("/api/v1/auth/login/", {"email": NEWCOMER, "password": MISTYPED})
    nobody.post("/api/v1/auth/login/", {"email": NEWCOMER, "password": [MISTYPED]})
    nobody.post("/api/v1/auth/logout/", {"refresh": MISTYPED})
    nobody.post("/api/v1/events/", {"events": [EVENT], "write_key": write_key})
    nobody.post(f"/api/v1/events/?write_key={write_key}", EVENT | {"clicks": -1})
    nobody.get(f"/api/v1/campaigns/?write_key={write_key}&key={api_key}")
    ApiClient(nobody.base_url, api_key).post("/api/v1/campaigns/", {"name": api_key})
    ApiClient(nobody.base_url, api_key + "x").get("/api/v1/campaigns/")
    ApiClient(nobody.base_url, write_key).get("/api/v1/campaigns/")


def files_of(data_dir: Path) -> Iterator[tuple[str, str]]:
    """Every file, by its path in the folder, with what stands in it; some go away meanwhile."""
    for folder, _, names in os.walk(data_dir):
        for path in (Path(folder) / name for name in names):
            with suppress(FileNotFoundError):
                yield str(path.relative_to(data_dir)), path.read_bytes().decode("latin-1")


def test_no_file_holds_a_secret_that_is_not_at_home_in_it(stack: RealStack, secrets: StoredSecrets) -> None:
    found = {}
    for name, content in files_of(stack.data_dir):
        shown = [place for place in secrets.shown_in(content) if not is_at_home(place, name)]
        if shown:
            found[name] = shown
    assert found == {}


def is_at_home(place: str, name: str) -> bool:
    return any(name.startswith(home) and re.fullmatch(places, place) for home, places in HOMES.items())


def test_what_holds_secrets_is_for_its_owner_alone(stack: RealStack, secrets: StoredSecrets) -> None:
    holding = [name for name, content in files_of(stack.data_dir) if secrets.shown_in(content)]
    assert any(name.startswith("mail/") for name in holding)
    assert {name for name in holding if is_open(stack.data_dir, name)} == {"printed"}  # the test's own


def is_open(data_dir: Path, name: str) -> bool:
    """Somebody else on the machine may read it, and gets through every folder on the way."""
    file = data_dir / name
    folders = [folder for folder in file.parents if folder != data_dir and folder.is_relative_to(data_dir)]
    return bool(file.stat().st_mode & 0o004) and all(folder.stat().st_mode & 0o001 for folder in folders)


def test_no_command_line_shows_a_secret(stack: RealStack, secrets: StoredSecrets) -> None:
    lines = [Path(f"/proc/{pid}/cmdline").read_text() for pid in family(stack.supervisor.pid)]
    assert len(lines) > 8
    assert [line for line in lines if secrets.shown_in(line)] == []
