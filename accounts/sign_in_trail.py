"""Sign-ins and sign-outs through Django's own forms, written into the audit trail."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from accounts.audit import record
from accounts.models import AuditEntry, User


@receiver(user_logged_in)
def sign_in_seen(user: User, **_: Any) -> None:
    record(AuditEntry.Action.SIGN_IN, user.email, user=user)


@receiver(user_logged_out)
def sign_out_seen(user: User | None, **_: Any) -> None:
    if user is not None:
        record(AuditEntry.Action.SIGN_OUT, user.email, user=user)


@receiver(user_login_failed)
def failed_sign_in_seen(credentials: dict[str, Any], **_: Any) -> None:
    """Of known and unknown addresses alike, so that both cost the same."""
    email = str(credentials.get("username", ""))[: User._meta.get_field("email").max_length]
    record(AuditEntry.Action.SIGN_IN_FAILED, email)
