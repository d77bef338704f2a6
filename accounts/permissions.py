"""Which right a view asks for, method by method."""

from typing import Any, ClassVar

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.caller import Caller
from accounts.rights import Right


class HasRight(BasePermission):
    """The caller's workspace grants the right that the view names; a method not named is closed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        caller: object = request.user
        if not isinstance(caller, Caller):
            return False
        method = str(request.method)
        if not hasattr(view, method.lower()):
            raise MethodNotAllowed(method)
        right = view.rights.get("GET" if method in {"HEAD", "OPTIONS"} else method)
        return right is not None and caller.may(right)


class MayReadTheirOwn(BasePermission):
    """A person, in a workspace or in none, or an API key that may read."""

    def has_permission(self, request: Request, view: Any) -> bool:
        caller: object = request.user
        return isinstance(caller, Caller) and (caller.user_id is not None or caller.may(Right.READ))


class IsSignedIn(BasePermission):
    """A person, by token or session; an API key speaks for no person."""

    def has_permission(self, request: Request, view: Any) -> bool:
        caller: object = request.user
        return isinstance(caller, Caller) and caller.user_id is not None


class WorkspaceView(APIView):
    """A view inside one workspace: say which right each method needs."""

    permission_classes: tuple[type[BasePermission], ...] = (HasRight,)
    rights: ClassVar[dict[str, Right]] = {}
