"""What may be done in a workspace, and which role or API key may do it."""

from django.db.models import TextChoices


class Right(TextChoices):
    """One kind of deed; the first four are also the scopes that an API key may carry."""

    READ = "read"
    WRITE = "write"
    EVENTS = "events"
    ADMIN = "admin"
    OWN = "own"


SCOPES = (Right.READ, Right.WRITE, Right.EVENTS, Right.ADMIN)


class Role(TextChoices):
    VIEWER = "viewer"
    ANALYST = "analyst"
    ADMIN = "admin"
    OWNER = "owner"

    @property
    def rights(self) -> frozenset[Right]:
        return _RIGHTS[self]


_VIEWER = frozenset({Right.READ})
_ANALYST = _VIEWER | {Right.WRITE, Right.EVENTS}
_ADMIN = _ANALYST | {Right.ADMIN}
_RIGHTS = {
    Role.VIEWER: _VIEWER,
    Role.ANALYST: _ANALYST,
    Role.ADMIN: _ADMIN,
    Role.OWNER: _ADMIN | {Right.OWN},
}

# Who manages people and keys could lift any restriction of their own, so they have none.
RESTRICTABLE = (Role.VIEWER, Role.ANALYST)
