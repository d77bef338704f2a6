"""Pairs of tokens: an access token that lives for minutes, a refresh token that works once.

The refresh token itself is kept nowhere: the database knows its id, and whether it was spent.
"""

from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, UntypedToken
from rest_framework_simplejwt.utils import datetime_from_epoch

from accounts.audit import record
from accounts.authentication import SIGN_OUTS
from accounts.models import AuditEntry, User
from api.problem_codes import ProblemCode
from api.problems import Problem

STAMP = "stamp"
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="api"'}


class TokenPair(NamedTuple):
    access: str
    refresh: str


def tokens_issue(*, user: User) -> TokenPair:
    refresh = RefreshToken()
    refresh["user_id"] = str(user.id)
    refresh[STAMP] = _stamp(user)
    OutstandingToken.objects.create(
        user=user,
        jti=refresh["jti"],
        created_at=refresh.current_time,
        expires_at=datetime_from_epoch(refresh["exp"]),
    )
    access = AccessToken.for_user(user)
    access[SIGN_OUTS] = user.sign_outs
    return TokenPair(access=str(access), refresh=str(refresh))


@transaction.atomic
def tokens_begin(*, user: User) -> TokenPair:
    """The first pair of somebody who has just proved who they are: the trail tells of it as a sign-in."""
    User.objects.filter(id=user.id).update(last_login=timezone.now())
    record(AuditEntry.Action.SIGN_IN, user.email, user=user)
    return tokens_issue(user=user)


@transaction.atomic
def tokens_refresh(*, refresh: str) -> TokenPair:
    """Spend this refresh token for a new pair. Of two that spend the same one, one gets a 401."""
    claims = _claims_of(refresh)
    user = User.objects.select_for_update(no_key=True).filter(id=claims["user_id"], is_active=True).first()
    if user is None or not constant_time_compare(claims[STAMP], _stamp(user)) or not _spend(claims):
        raise refusal()
    return tokens_issue(user=user)


@transaction.atomic
def token_revoke(*, refresh: str) -> None:
    """Sign out: the token is dead at once. Doing it twice is fine."""
    claims = _claims_of(refresh)
    user = User.objects.filter(id=claims["user_id"]).first()
    if user is not None and _spend(claims):
        record(AuditEntry.Action.SIGN_OUT, user.email, user=user)


def tokens_revoke_all(*, user: User) -> None:
    """Sign out everywhere. Call it while the user's row is locked or just written."""
    standing = OutstandingToken.objects.filter(user=user, blacklistedtoken=None)
    BlacklistedToken.objects.bulk_create(
        [BlacklistedToken(token=token) for token in standing], ignore_conflicts=True
    )


def refusal() -> Problem:
    """One answer for every wrong, spent, expired or revoked credential: the reason helps only a thief."""
    return Problem(ProblemCode.INVALID_CREDENTIALS, headers=CHALLENGE)


def _claims_of(refresh: str) -> dict[str, Any]:
    """What a token says that we signed, spent or not."""
    try:
        claims: dict[str, Any] = UntypedToken(refresh).payload  # type: ignore[arg-type]
    except (TokenError, ValueError):
        raise refusal() from None
    if claims["token_type"] != RefreshToken.token_type or STAMP not in claims:
        raise refusal()
    return claims


def _spend(claims: dict[str, Any]) -> bool:
    """True for the one who spends it first."""
    token = OutstandingToken.objects.filter(jti=claims["jti"]).first()
    return token is not None and BlacklistedToken.objects.get_or_create(token=token)[1]


def _stamp(user: User) -> str:
    """Changes with the password, however that is changed, and with signing out everywhere."""
    return user.get_session_auth_hash()[:32]
