"""Who is calling: what authentication hands to every view, service and selector."""

from dataclasses import dataclass
from uuid import UUID

from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from accounts.rights import Right, Role
from api.throttles import PUBLIC_IDENTITY


@dataclass(frozen=True, slots=True)
class Caller:
    """A person, an API key or a write key, in at most one workspace. It stands in `request.user`.

    `restricted` callers see only the campaigns that were granted to their membership.
    """

    user_id: UUID | None
    name: str
    workspace_id: UUID | None
    rights: frozenset[Right]
    role: Role | None = None
    membership_id: UUID | None = None
    restricted: bool = False
    api_key_id: UUID | None = None
    write_key_id: UUID | None = None

    is_authenticated = True  # what DRF asks of a user
    is_active = True

    def __str__(self) -> str:
        return self.name

    def may(self, right: Right) -> bool:
        return right in self.rights

    @property
    def home(self) -> UUID:
        """The workspace that the caller acts in. Raises NotFound for one who is in none."""
        if self.workspace_id is None:
            raise NotFound
        return self.workspace_id

    @property
    def rate_identity(self) -> str:
        """The bucket that this caller's requests are counted in."""
        if self.write_key_id:
            return f"{PUBLIC_IDENTITY}{self.write_key_id}"
        return f"key:{self.api_key_id}" if self.api_key_id else f"user:{self.user_id}"


def caller_of(request: Request) -> Caller:
    """The caller of an authenticated request; views with rights never run without one."""
    caller: object = request.user
    assert isinstance(caller, Caller)
    return caller
