"""From a credential to a caller. Nothing is remembered between requests: a revoked right ends at once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.request import Request
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken

from accounts.caller import Caller
from accounts.keys import API_KEY_START, fingerprint
from accounts.models import ApiKey, Membership, User
from accounts.rights import Right, Role
from api.problems import field_problem

logger = structlog.get_logger(__name__)

WORKSPACE_HEADER = "X-Workspace"
WORKSPACE_IN_PATH = "workspace_id"

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


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer`, followed by an access token or an API key."""

    def authenticate(self, request: Request) -> tuple[Caller, str] | None:
        scheme, _, credential = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        wanted = wanted_workspace(request)
        if credential.startswith(API_KEY_START):
            return caller_of_api_key(credential, wanted), "api_key"
        return caller_of_access_token(credential, wanted), "access_token"

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class BrowserAuthentication(SessionAuthentication):
    """Somebody who signed in on a page; what they send needs a CSRF token, as no other site can know it."""

    def authenticate(self, request: Request) -> tuple[Caller, str] | None:
        found = super().authenticate(request)
        return (caller_of_user(found[0].pk, wanted_workspace(request)), "session") if found else None


def wanted_workspace(request: Request) -> UUID | None:
    """The workspace that the path names, else the one of the header, else none in particular."""
    named = (request.parser_context or {}).get("kwargs", {}).get(WORKSPACE_IN_PATH)
    return named or _workspace_of_header(request)


def _workspace_of_header(request: Request) -> UUID | None:
    text = request.headers.get(WORKSPACE_HEADER)
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise field_problem(WORKSPACE_HEADER, "invalid", "Name a workspace by its id.") from None


def caller_of_access_token(token: str, wanted: UUID | None) -> Caller:
    try:
        user_id = UUID(str(AccessToken(token)["user_id"]))  # type: ignore[arg-type]
    except (TokenError, KeyError, ValueError):
        raise exceptions.AuthenticationFailed from None
    return caller_of_user(user_id, wanted)


def caller_of_user(user_id: UUID, wanted: UUID | None) -> Caller:
    """The user in the wanted workspace, else in the first one joined, else in none."""
    memberships = Membership.objects.filter(user_id=user_id, user__is_active=True)
    if wanted:
        memberships = memberships.filter(workspace_id=wanted)
    found: Any = memberships.values_list("id", "workspace_id", "role", "restricted", "user__email").first()
    if found:
        membership_id, workspace_id, role, restricted, email = found
        return Caller(
            user_id=user_id,
            name=email,
            workspace_id=workspace_id,
            rights=Role(role).rights,
            role=Role(role),
            membership_id=membership_id,
            restricted=restricted,
        )
    if wanted:
        raise exceptions.NotFound
    user = User.objects.filter(id=user_id, is_active=True).only("email").first()
    if user is None:
        raise exceptions.AuthenticationFailed
    return Caller(user_id=user_id, name=user.email, workspace_id=None, rights=frozenset())


def caller_of_api_key(key: str, wanted: UUID | None) -> Caller:
    now = timezone.now()
    found = (
        ApiKey.objects.filter(key_hash=fingerprint(key), revoked_at=None)
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
        .first()
    )
    if found is None:
        raise exceptions.AuthenticationFailed
    if wanted and wanted != found.workspace_id:
        raise exceptions.NotFound
    if found.last_used_at is None or found.last_used_at < now - USE_RESOLUTION:
        mark_used(found.id)
    return Caller(
        user_id=None,
        name=str(found),
        workspace_id=found.workspace_id,
        rights=frozenset(Right(scope) for scope in found.scopes),
        api_key_id=found.id,
    )


def mark_used(api_key_id: UUID) -> None:
    """Note that a key was used. Neither blocks nor fails: a request is worth more than this note."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(_MARK_USED, [api_key_id, USE_RESOLUTION.total_seconds()])
    except DatabaseError as error:
        logger.warning("api_key_use_not_noted", api_key_id=str(api_key_id), error=str(error).strip())
