"""The two pages that mails lead to, for people without a program: join a workspace, choose a new password."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.api.serializers import INVITATION_TOKEN_LENGTH, LONGEST_PASSWORD, LONGEST_TOKEN, NAME_LENGTH
from accounts.attempts import count_attempt
from accounts.services.invitations import invitation_accept
from accounts.services.passwords import password_reset
from api.problems import Problem


def _password_input() -> forms.CharField:
    return forms.CharField(max_length=LONGEST_PASSWORD, strip=False, widget=forms.PasswordInput)


class PasswordForm(forms.Form):
    token = forms.CharField(max_length=LONGEST_TOKEN, widget=forms.HiddenInput)
    password = _password_input()


class InvitationForm(forms.Form):
    token = forms.CharField(max_length=INVITATION_TOKEN_LENGTH, widget=forms.HiddenInput)
    password = _password_input()
    name = forms.CharField(max_length=NAME_LENGTH, required=False)


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
    status, done = 200, False
    if request.method == "POST" and form.is_valid():
        try:
            count_attempt(deed, request)
            service(**form.cleaned_data)
            done = True
        except Problem as problem:
            status = int(problem.kind.status)
            _show(form, problem)
    context = {"form": form, "title": title, "explanation": explanation, "done": done}
    return render(request, "accounts/page.html", context, status=status)


def _show(form: forms.Form, problem: Problem) -> None:
    if not problem.errors:
        form.add_error(None, str(problem.detail))
    for error in problem.errors:
        visible = error["field"] if error["field"] in form.fields and error["field"] != "token" else None
        form.add_error(visible, error["message"])
