"""Passwords: which are good enough, how they change, and how a forgotten one is replaced."""

from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.audit import acting, record
from accounts.models import AuditEntry, User
from accounts.services.tokens import TokenPair, tokens_issue, tokens_revoke_all
from api.problem_codes import ProblemCode
from api.problems import Problem, field_problem


def password_check(password: str, *, user: User, field: str = "password") -> None:
    """Raise a Problem that says, for this field, everything that is wrong with the password."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        reasons = [
            {"field": field, "code": reason.code or "invalid", "message": " ".join(reason.messages)}
            for reason in error.error_list
        ]
        raise Problem(ProblemCode.INVALID, errors=reasons) from None


def password_change(*, user_id: UUID, current_password: str, new_password: str) -> TokenPair:
    """Sign out everywhere else, and hand back a new pair for here."""
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(id=user_id)
        if user.check_password(current_password):
            _password_set(user, new_password, field="new_password")
            return tokens_issue(user=user)
    wrong_password_seen(user)
    raise field_problem("current_password", "wrong", "This is not your password.")


def wrong_password_seen(user: User) -> None:
    """Whoever has a stolen token or session may be guessing; a rolled back transaction would forget it."""
    record(AuditEntry.Action.SIGN_IN_FAILED, user.email, user=user)


def password_reset_token(user: User) -> str:
    """For a mail to the user. It works once, for an hour, and only while the password stays as it is."""
    return f"{user.id.hex}-{default_token_generator.make_token(user)}"


@transaction.atomic
def password_reset(*, token: str, password: str) -> User:
    user_id, _, proof = token.partition("-")
    user = _user_of(user_id)
    if user is None or not default_token_generator.check_token(user, proof):
        raise field_problem("token", "invalid", "This link was used or is too old. Ask for a new one.")
    with acting(user):
        _password_set(user, password, field="password")
    return user


def _user_of(hexadecimal: str) -> User | None:
    try:
        user_id = UUID(hex=hexadecimal)
    except ValueError:
        return None
    return User.objects.select_for_update(no_key=True).filter(id=user_id, is_active=True).first()


def _password_set(user: User, password: str, *, field: str) -> None:
    password_check(password, user=user, field=field)
    user.set_password(password)
    user.save(update_fields=["password"])
    tokens_revoke_all(user=user)
