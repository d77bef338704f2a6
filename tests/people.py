"""The people and programs of the tests: who they are, and a client that already speaks for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from secrets import randbits, token_hex

from django.contrib.auth.hashers import make_password
from django.test import Client
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from accounts.keys import fingerprint, new_api_key, shown_prefix
from accounts.models import ApiKey, Membership, User, Workspace
from accounts.rights import Right, Role

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Person:
    """A member of a workspace; `client` carries an access token, `browser` a session."""

    user: User
    workspace: Workspace
    membership: Membership

    @property
    def client(self) -> APIClient:
        return client_with(str(AccessToken.for_user(self.user)))

    @property
    def browser(self) -> Client:
        browser = Client()
        browser.force_login(self.user)
        return browser


@dataclass(frozen=True)
class Program:
    """Something that calls with an API key."""

    key: str
    api_key: ApiKey

    @property
    def client(self) -> APIClient:
        return client_with(self.key)


def client_with(credential: str) -> APIClient:
    """Everybody calls from an address of their own, so that nobody spends another's attempts."""
    return APIClient(headers={"Authorization": f"Bearer {credential}"}, REMOTE_ADDR=some_address())


def visitor() -> APIClient:
    """Somebody without credentials, at an address that no other test calls from."""
    return APIClient(REMOTE_ADDR=some_address())


def some_address() -> str:
    return f"2001:db8:{randbits(16):x}:{randbits(16):x}::1"


def some_email(who: str = "person") -> str:
    return f"{who}-{token_hex(4)}@example.com"


def new_workspace(name: str = "Acme") -> Workspace:
    return Workspace.objects.create(name=name)


def new_user(email: str = "", **fields: object) -> User:
    """Somebody who signs in with PASSWORD and belongs nowhere yet."""
    email = email or some_email()
    return User.objects.create(email=email, password=_hash_of(PASSWORD), **fields)


def person(
    role: Role, workspace: Workspace | None = None, *, restricted: bool = False, email: str = ""
) -> Person:
    """A new user with this role, in a workspace of their own if none is given."""
    user = new_user(email or some_email(role))
    workspace = workspace or new_workspace()
    membership = Membership.objects.create(workspace=workspace, user=user, role=role, restricted=restricted)
    return Person(user, workspace, membership)


def owner(workspace: Workspace | None = None) -> Person:
    return person(Role.OWNER, workspace)


def admin(workspace: Workspace | None = None) -> Person:
    return person(Role.ADMIN, workspace)


def analyst(workspace: Workspace | None = None, *, restricted: bool = False) -> Person:
    return person(Role.ANALYST, workspace, restricted=restricted)


def viewer(workspace: Workspace | None = None, *, restricted: bool = False) -> Person:
    return person(Role.VIEWER, workspace, restricted=restricted)


def stranger() -> Person:
    """The owner of another workspace."""
    return person(Role.OWNER, new_workspace("Elsewhere"))


def staff() -> Person:
    """Operations: may open the admin and everything in it."""
    found = owner()
    User.objects.filter(id=found.user.id).update(is_staff=True, is_superuser=True)
    found.user.refresh_from_db()
    return found


def program(workspace: Workspace, scopes: Sequence[Right] = (Right.READ,), **fields: object) -> Program:
    key = new_api_key()
    api_key = ApiKey.objects.create(
        workspace=workspace,
        name="A program",
        prefix=shown_prefix(key),
        key_hash=fingerprint(key),
        scopes=list(scopes),
        **fields,
    )
    return Program(key, api_key)


@cache
def _hash_of(password: str) -> str:
    """Hashing is slow by design; once a process is enough."""
    return make_password(password)
