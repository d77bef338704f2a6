"""Finds a caller in the database, at every request anew: a revoked right ends at once.

One plain statement each. The ORM would spend four times the query's own time on writing it.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, connection
from django.utils import timezone
from rest_framework import exceptions

from accounts.caller import Caller
from accounts.keys import fingerprint, is_write_key, shown_name, shown_prefix
from accounts.rights import Right, Role

logger = structlog.get_logger(__name__)

# The wanted workspace, else the first one joined, else the user alone.
_USER = """
SELECT u.email, m.id, m.workspace_id, m.role, m.restricted
FROM accounts_user u
LEFT JOIN accounts_membership m
    ON m.user_id = u.id AND (%(wanted)s::uuid IS NULL OR m.workspace_id = %(wanted)s)
WHERE u.id = %(user)s AND u.is_active AND u.sign_outs = coalesce(%(sign_outs)s::int, u.sign_outs)
ORDER BY m.created_at, m.id
LIMIT 1
"""
_API_KEY = """
SELECT id, name, prefix, workspace_id, scopes, last_used_at
FROM accounts_apikey
WHERE key_hash = %s AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
"""

_WRITE_KEY = "SELECT id, name, workspace_id FROM accounts_writekey WHERE key = %s AND revoked_at IS NULL"

# How exactly a key's last use is known.
USE_RESOLUTION = timedelta(minutes=1)
# Never waits for whoever holds the row: the next request will tell.
_MARK_USED = """
UPDATE accounts_apikey SET last_used_at = now() WHERE id = (
    SELECT id FROM accounts_apikey
    WHERE id = %s AND (last_used_at IS NULL OR last_used_at < now() - make_interval(secs => %s))
    FOR UPDATE SKIP LOCKED
)
"""


def caller_of_user(user_id: UUID, wanted: UUID | None, *, sign_outs: int | None = None) -> Caller:
    """The user in the wanted workspace, else in the first one joined, else in none.

    `sign_outs` is what a token says of itself; a session was compared before.
    """
    found = _row(_USER, {"user": user_id, "wanted": wanted, "sign_outs": sign_outs})
    if found is None:
        raise exceptions.AuthenticationFailed
    email, membership_id, workspace_id, role, restricted = found
    if membership_id is None:
        if wanted:
            raise exceptions.NotFound
        return Caller(user_id=user_id, name=email, workspace_id=None, rights=frozenset())
    return Caller(
        user_id=user_id,
        name=email,
        workspace_id=workspace_id,
        rights=Role(role).rights,
        role=Role(role),
        membership_id=membership_id,
        restricted=restricted,
    )


def caller_of_api_key(key: str, wanted: UUID | None) -> Caller:
    found = _row(_API_KEY, [fingerprint(key)])
    if found is None:
        raise exceptions.AuthenticationFailed
    api_key_id, name, prefix, workspace_id, scopes, last_used_at = found
    if wanted and wanted != workspace_id:
        raise exceptions.NotFound
    if last_used_at is None or last_used_at < timezone.now() - USE_RESOLUTION:
        mark_used(api_key_id)
    return Caller(
        user_id=None,
        name=shown_name(name, prefix),
        workspace_id=workspace_id,
        rights=frozenset(Right(scope) for scope in scopes),
        api_key_id=api_key_id,
    )


def caller_of_write_key(key: str, wanted: UUID | None) -> Caller:
    """Whoever holds this key may send events and do nothing else."""
    found = _row(_WRITE_KEY, [key]) if is_write_key(key) else None
    if found is None:
        raise exceptions.AuthenticationFailed
    write_key_id, name, workspace_id = found
    if wanted and wanted != workspace_id:
        raise exceptions.NotFound
    return Caller(
        user_id=None,
        name=shown_name(name, shown_prefix(key)),
        workspace_id=workspace_id,
        rights=frozenset({Right.EVENTS}),
        write_key_id=write_key_id,
    )


def mark_used(api_key_id: UUID) -> None:
    """Note that a key was used. Neither blocks nor fails: a request is worth more than this note."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(_MARK_USED, [api_key_id, USE_RESOLUTION.total_seconds()])
    except DatabaseError as error:
        logger.warning("api_key_use_not_noted", api_key_id=str(api_key_id), error=str(error).strip())


def _row(statement: str, parameters: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()
