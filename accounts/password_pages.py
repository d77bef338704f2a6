"""The admin's pages for a new password: one's own, and that which staff set for somebody."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from unfold.forms import AdminOwnPasswordChangeForm, AdminPasswordChangeForm

from accounts.models import User
from accounts.services.passwords import wrong_password_seen


class PasswordAlone:
    """Writes no other column: its row was read before the password was hashed, which takes long."""

    def set_password_and_save(self, user: User, *args: Any, commit: bool = True, **options: Any) -> User:
        super().set_password_and_save(user, *args, commit=False, **options)  # type: ignore[misc]
        if commit:
            user.save(update_fields=["password"])
        return user


class OthersPasswordForm(PasswordAlone, AdminPasswordChangeForm):  # type: ignore[misc]  # untyped
    """By staff, who need not know the old one."""


class OwnPasswordForm(PasswordAlone, AdminOwnPasswordChangeForm):  # type: ignore[misc]
    def clean_old_password(self) -> str:
        try:
            return str(super().clean_old_password())
        except ValidationError:
            wrong_password_seen(self.user)
            raise


def own_password(request: HttpRequest) -> HttpResponseBase:
    page = PasswordChangeView.as_view(
        form_class=OwnPasswordForm,
        success_url=reverse("admin:password_change_done"),
        extra_context=admin.site.each_context(request),
    )
    return page(request)
