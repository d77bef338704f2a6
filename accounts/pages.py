"""The two pages that mails lead to, for people without a program: join a workspace, choose a new password."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.api.serializers import INVITATION_TOKEN_LENGTH, LONGEST_PASSWORD, LONGEST_TOKEN
from accounts.attempts import count_attempt
from accounts.models import LONGEST_NAME
from accounts.services.invitations import invitation_accept
from accounts.services.passwords import password_reset
from api.problems import Problem


def _password_input(label: str, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput({"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=LONGEST_PASSWORD, strip=False, widget=widget)


class PasswordForm(forms.Form):
    token = forms.CharField(max_length=LONGEST_TOKEN, widget=forms.HiddenInput)
    password = _password_input("New password", "new-password")


class InvitationForm(forms.Form):
    """The browser may fill in a password that it knows; of a new one it cannot be told."""

    token = forms.CharField(max_length=INVITATION_TOKEN_LENGTH, widget=forms.HiddenInput)
    name = forms.CharField(
        label="Your name",
        max_length=LONGEST_NAME,
        required=False,
        help_text="Only for a new account.",
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    password = _password_input("Password", "current-password")


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """The password is that of an account that exists, or the one that a new account gets."""
    explanation = "Give your password. If you have no account yet, this makes one: choose a new password."
    return _page(request, "Join the workspace", explanation, InvitationForm, "accept", invitation_accept)


@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    explanation = "At least ten characters. You will be signed out everywhere."
    return _page(
        request,
        "Choose a new password",
        explanation,
        PasswordForm,
        "password-reset-confirm",
        password_reset,
    )


def _page(
    request: HttpRequest,
    title: str,
    explanation: str,
    form_class: type[forms.Form],
    deed: str,
    service: Callable[..., Any],
) -> HttpResponse:
    """Show the form, or do what it says; what the service refuses stands beside the field it names."""
    form = form_class(request.POST or None, initial={"token": request.GET.get("token", "")})
    headers: dict[str, str] = {}
    status, done = 200, False
    if request.method == "POST" and form.is_valid():
        try:
            count_attempt(deed, request)
            service(**form.cleaned_data)
            done = True
        except Problem as problem:
            status, headers = int(problem.kind.status), problem.headers
            _show(form, problem)
    context = {"form": form, "title": title, "explanation": explanation}
    template = "accounts/done.html" if done else "accounts/form.html"
    return HttpResponse(render_to_string(template, context, request), status=status, headers=headers)


def _show(form: forms.Form, problem: Problem) -> None:
    if not problem.errors:
        form.add_error(None, str(problem.detail))
    for error in problem.errors:
        visible = error["field"] if error["field"] in form.fields and error["field"] != "token" else None
        form.add_error(visible, error["message"])
