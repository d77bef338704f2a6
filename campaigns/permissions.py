"""What a restricted member may not do."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.caller import Caller


class AddsToWorkspace(BasePermission):
    """Who sees only what was granted one by one cannot add to what there is."""

    def has_permission(self, request: Request, view: Any) -> bool:
        caller: object = request.user
        return request.method in SAFE_METHODS or (isinstance(caller, Caller) and not caller.restricted)
