"""What accounts do in the background. Every task may run twice without harm."""

from datetime import timedelta
from smtplib import SMTPException

import structlog
from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts.mails import mail_invitation, mail_password_reset
from accounts.models import Invitation, User

logger = structlog.get_logger(__name__)

# How long an invitation that nobody accepted stays readable after its end.
STALE_AFTER = timedelta(days=30)


@shared_task(autoretry_for=(OSError, SMTPException), retry_backoff=True, max_retries=5)
def send_invitation(invitation_id: str) -> None:
    """One that was withdrawn or accepted meanwhile is not mailed."""
    standing = Invitation.objects.select_related("workspace", "invited_by").filter(accepted_at=None)
    invitation = standing.filter(id=invitation_id).first()
    if invitation is not None:
        mail_invitation(invitation)


@shared_task(autoretry_for=(OSError, SMTPException), retry_backoff=True, max_retries=5)
def send_password_reset(email: str) -> None:
    """Looks here, in the worker, whether there is such a user: the request took the same work for all."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is not None:
        mail_password_reset(user)


@shared_task
def flush_expired_tokens() -> None:
    """A refresh token past its end is refused by its signature alone; its rows are of no more use."""
    deleted, _ = OutstandingToken.objects.filter(expires_at__lt=timezone.now()).delete()
    logger.info("expired_tokens_flushed", rows=deleted)


@shared_task
def flush_expired_sessions() -> None:
    """Sessions of pages; Django refuses them past their end and leaves their rows behind."""
    SessionStore.clear_expired()


@shared_task
def delete_stale_invitations() -> None:
    ended = Invitation.objects.filter(accepted_at=None, expires_at__lt=timezone.now() - STALE_AFTER)
    deleted, _ = ended.delete()
    logger.info("stale_invitations_deleted", rows=deleted)
