"""People: how they come, sign in, change their name and leave."""

from typing import NamedTuple, TypedDict, Unpack
from uuid import UUID

from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.audit import acting
from accounts.models import LONGEST_NAME, User, Workspace
from accounts.services.passwords import password_check
from accounts.services.tokens import TokenPair, refusal, tokens_begin, tokens_revoke_all
from accounts.services.workspaces import workspace_create
from api.problem_codes import ProblemCode
from api.problems import Problem

_OF_THEIR_OWN = "'s workspace"


class Registration(NamedTuple):
    user: User
    workspace: Workspace


def user_create(*, email: str, password: str, name: str = "") -> User:
    """Raises a 409 for a taken address; see docs/adr for why it says no more than that.

    The password is hashed before anybody looks whether the address is known: both cost the same.
    """
    user = User(email=email.strip().lower(), name=name)
    password_check(password, user=user)
    user.password = make_password(password)
    try:
        with acting(user), transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        detail = "No account can be made for this address. If you have one, sign in or reset its password."
        raise Problem(ProblemCode.CONFLICT, detail) from None
    return user


@transaction.atomic
def user_register(*, email: str, password: str, name: str = "", workspace_name: str = "") -> Registration:
    """A new user, and a workspace that they own."""
    user = user_create(email=email, password=password, name=name)
    with acting(user):
        workspace = workspace_create(user=user, name=workspace_name or _own_workspace_name(user))
    return Registration(user, workspace)


def user_sign_in(*, email: str, password: str) -> tuple[User, TokenPair]:
    """Raises a 401 that does not tell which of the two was wrong. An unknown address costs the same work."""
    user = authenticate(username=email, password=password)
    if not isinstance(user, User):
        raise refusal()
    return user, tokens_begin(user=user)


class ProfileFields(TypedDict, total=False):
    name: str


@transaction.atomic
def user_update(*, user_id: UUID, **fields: Unpack[ProfileFields]) -> User:
    user = User.objects.select_for_update(no_key=True).get(id=user_id)
    user.name = fields.get("name", user.name)
    user.save(update_fields=list(fields))
    return user


@transaction.atomic
def user_deactivate(*, user: User) -> None:
    """Out at once and everywhere: no token and no session of until now ever works again."""
    User.objects.filter(id=user.id).update(sign_outs=F("sign_outs") + 1)
    user.refresh_from_db(fields=["sign_outs"])
    user.is_active = False
    user.save(update_fields=["is_active"])
    tokens_revoke_all(user=user)


def user_activate(*, user: User) -> None:
    """Sign-in works again; the tokens and sessions of before stay dead."""
    user.is_active = True
    user.save(update_fields=["is_active"])


def _own_workspace_name(user: User) -> str:
    whose = user.name or user.email.partition("@")[0]
    return whose[: LONGEST_NAME - len(_OF_THEIR_OWN)] + _OF_THEIR_OWN
