"""Moves stored credentials to the newest key, so that an old key can be taken away."""

from collections.abc import Iterator
from enum import Enum

from campaigns.credentials import Safe, UnreadableCredentials
from campaigns.models import Connection


class Rotation(Enum):
    """What became of one ad account's credentials."""

    MOVED = "moved"
    CURRENT = "current"
    UNREADABLE = "unreadable"


def credentials_rotate(*, safe: Safe) -> Iterator[tuple[Connection, Rotation]]:
    """One account at a time, so that a run that was stopped goes on where it was when it is run again."""
    connections = Connection.objects.exclude(encrypted_credentials="").order_by("id")
    for connection in connections.iterator(chunk_size=200):
        yield connection, _rotate(connection, safe)


def _rotate(connection: Connection, safe: Safe) -> Rotation:
    token = connection.encrypted_credentials
    if safe.is_current(token):
        return Rotation.CURRENT
    try:
        renewed = safe.renewed(token)
    except UnreadableCredentials:
        return Rotation.UNREADABLE
    # Credentials that somebody replaced meanwhile are under the newest key already: leave them.
    unchanged = Connection.objects.filter(id=connection.id, encrypted_credentials=token)
    unchanged.update(encrypted_credentials=renewed)
    return Rotation.MOVED
