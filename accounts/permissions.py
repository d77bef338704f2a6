"""Which right a view asks for, method by method."""

from typing import Any, ClassVar

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.caller import Caller
from accounts.rights import Right


class HasRight(BasePermission):
    """The caller's workspace grants the right that the view names; a method not named is closed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        caller: object = request.user
        right = view.rights.get("GET" if request.method in {"HEAD", "OPTIONS"} else request.method)
        return isinstance(caller, Caller) and right is not None and caller.may(right)


class IsAnybody(BasePermission):
    """Whoever proved to be somebody: a person or an API key, in a workspace or in none."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, Caller)


class IsSignedIn(BasePermission):
    """A person, by token or session; an API key speaks for no person."""

    def has_permission(self, request: Request, view: Any) -> bool:
        caller: object = request.user
        return isinstance(caller, Caller) and caller.user_id is not None


class WorkspaceView(APIView):
    """A view inside one workspace: say which right each method needs."""

    permission_classes: tuple[type[BasePermission], ...] = (HasRight,)
    rights: ClassVar[dict[str, Right]] = {}
