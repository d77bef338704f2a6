"""The mails that people get, in plain text. Sending blocks on the mail server: tasks do it."""

from urllib.parse import urlencode

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Invitation, User
from accounts.services.invitations import STANDS_FOR, invitation_token
from accounts.services.passwords import password_reset_token
from runtime.config import configuration


def mail_invitation(invitation: Invitation) -> None:
    token = invitation_token(invitation)
    workspace = _one_line(invitation.workspace.name)
    context = {
        "invitation": invitation,
        "workspace": workspace,
        "days": STANDS_FOR.days,
        "token": token,
        "link": _link("invitation", token),
    }
    subject = f"Join {workspace} in Campaign Analytics"
    _send(invitation.email, subject, "accounts/invitation.txt", context)


def mail_password_reset(user: User) -> None:
    token = password_reset_token(user)
    context = {"user": user, "token": token, "link": _link("password-reset", token)}
    _send(user.email, "Choose a new password", "accounts/password_reset.txt", context)


def _send(address: str, subject: str, template: str, context: dict[str, object]) -> None:
    send_mail(subject, render_to_string(template, context), None, [address])


def _link(page: str, token: str) -> str:
    web = configuration().web
    home = web.public_url.rstrip("/") or f"http://{web.host}:{web.port}"
    return f"{home}{reverse(page)}?{urlencode({'token': token})}"


def _one_line(text: str) -> str:
    """A name may hold line breaks; a header may not, and in the text they would pass for words of ours."""
    return " ".join(text.split())
