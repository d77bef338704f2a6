"""What several of these pages have in common."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin


class LastingAdmin(ModelAdmin):  # type: ignore[misc]  # the library is untyped
    """Of rows that are ended rather than deleted: the audit trail and other rows go on naming them."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class NeverAddedAdmin(ModelAdmin):  # type: ignore[misc]
    """Of rows that only the API makes, since making one hands out a secret."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
