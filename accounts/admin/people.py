"""Users, and the groups that say what staff may do in the admin."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from unfold.forms import UserCreationForm

from accounts.models import User
from accounts.password_pages import OthersPasswordForm
from accounts.services.users import user_activate, user_deactivate
from api.admin_pages import LastingAdmin, PageAdmin, TouchedAdmin

# Tokens are nothing to look at: they end by deactivation, by a new password or by themselves.
for model in (OutstandingToken, BlacklistedToken, Group):
    admin.site.unregister(model)


POWERS = ("is_staff", "is_superuser", "groups")  # what only a superuser gives or takes


def is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _is_above_others(user: User) -> bool:
    return user.is_staff or user.is_superuser


class NewUserForm(UserCreationForm):  # type: ignore[misc]  # the library is untyped
    class Meta:
        model = User
        fields = ("email", "name")


@admin.register(User)
class UserAdmin(DjangoUserAdmin, LastingAdmin, TouchedAdmin):  # type: ignore[type-arg]
    form = forms.ModelForm
    add_form = NewUserForm
    change_password_form = OthersPasswordForm
    list_display = ("email", "name", "is_active", "is_staff", "last_login", "created_at")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")
    search_fields = ("email", "name", "id")
    ordering = ("email",)
    filter_horizontal = ()
    autocomplete_fields = ("groups",)
    readonly_fields = ("id", "is_active", "last_login", "created_at", "password_page")
    actions = ("deactivate", "activate")
    fieldsets = (
        (None, {"fields": ("email", "name", "password_page", "is_active")}),
        ("Staff", {"fields": ("is_staff", "is_superuser", "groups")}),
        ("Dates", {"fields": ("id", "created_at", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "password1", "password2")}),)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Who changes an address or a password can sign in as its owner: staff are left to superusers."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (is_superuser(request) or obj is None or not _is_above_others(obj))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return (*self.readonly_fields, *(() if is_superuser(request) else POWERS))

    @admin.display(description="password")
    def password_page(self, user: User) -> str:
        page = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('<a class="text-primary-600" href="{}">Set another password</a>', page)

    @admin.action(description="Deactivate: sign out everywhere, for good", permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        users = self._changeable(request, queryset)
        for user in users:
            user_deactivate(user=user)
        self.message_user(request, f"{len(users)} deactivated.", messages.SUCCESS)

    @admin.action(description="Activate again", permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        users = self._changeable(request, queryset)
        for user in users:
            user_activate(user=user)
        self.message_user(request, f"{len(users)} active again.", messages.SUCCESS)

    def _changeable(self, request: HttpRequest, queryset: QuerySet[User]) -> list[User]:
        return [user for user in queryset if self.has_change_permission(request, user)]


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, PageAdmin):
    """Read by staff and changed by superusers: a group's members could give it every permission."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return is_superuser(request)

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        kwargs["widget"] = forms.SelectMultiple(attrs={"size": 20})
        return super().formfield_for_manytomany(db_field, request, **kwargs)
