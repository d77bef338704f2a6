"""From a credential to a caller. Nothing is remembered between requests: a revoked right ends at once."""

from uuid import UUID

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
from accounts.caller_lookup import caller_of_api_key, caller_of_user, caller_of_write_key
from accounts.keys import API_KEY_START, WRITE_KEY_START
from api.problems import field_problem
from runtime.telemetry.logs import add_context

AUTHORIZATION = "Authorization"
WRITE_KEY_HEADER = "X-Write-Key"
WRITE_KEY_FIELD = "write_key"
WORKSPACE_HEADER = "X-Workspace"
WORKSPACE_IN_PATH = "workspace_id"
SIGN_OUTS = "sign_outs"  # the claim that says when, between two sign-outs everywhere, a token was issued


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer`, followed by an access token or an API key."""

    def authenticate(self, request: Request) -> tuple[Caller, str] | None:
        scheme, _, credential = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        wanted = wanted_workspace(request)
        if credential.startswith(API_KEY_START):
            return in_logs(caller_of_api_key(credential, wanted)), "api_key"
        return in_logs(caller_of_access_token(credential, wanted)), "access_token"

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class WriteKeyAuthentication(BearerAuthentication):
    """A write key: in `X-Write-Key`, after `Bearer`, or else in the query or the body.

    Only views that take events list it, and first, so that it opens no other.
    """

    def authenticate(self, request: Request) -> tuple[Caller, str] | None:
        key = _write_key_in_headers(request)
        if key is None and AUTHORIZATION not in request.headers:
            key = request.query_params.get(WRITE_KEY_FIELD) or _write_key_in_body(request)
        if key is None:
            return None
        return in_logs(caller_of_write_key(key, wanted_workspace(request))), "write_key"


class BrowserAuthentication(SessionAuthentication):
    """Somebody who signed in on a page; what they send needs a CSRF token, as no other site can know it."""

    def authenticate(self, request: Request) -> tuple[Caller, str] | None:
        found = super().authenticate(request)
        return (in_logs(caller_of_user(found[0].pk, wanted_workspace(request))), "session") if found else None


def _write_key_in_headers(request: Request) -> str | None:
    own = request.headers.get(WRITE_KEY_HEADER)
    scheme, _, credential = request.headers.get(AUTHORIZATION, "").partition(" ")
    is_bearer = scheme.lower() == "bearer" and credential.startswith(WRITE_KEY_START)
    return own or (credential if is_bearer else None)


def _write_key_in_body(request: Request) -> str | None:
    """A body that cannot be read names nobody: whoever sent it must first say who they are."""
    try:
        return getattr(request.data, WRITE_KEY_FIELD, None)
    except exceptions.APIException:
        return None


def in_logs(caller: Caller) -> Caller:
    """Let the request's log lines say who called: by ids, for a name is an e-mail address."""
    add_context(caller=caller.rate_identity, workspace_id=str(caller.workspace_id or ""))
    return caller


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
        claims = AccessToken(token)  # type: ignore[arg-type]
        user_id = UUID(str(claims["user_id"]))
    except (TokenError, KeyError, ValueError):
        raise exceptions.AuthenticationFailed from None
    return caller_of_user(user_id, wanted, sign_outs=claims.get(SIGN_OUTS, 0))
