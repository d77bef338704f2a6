"""What a view allows that declares nothing: nothing."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class DenyEveryone(BasePermission):
    """The default of every view, so that a forgotten declaration closes a door instead of opening it."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False
