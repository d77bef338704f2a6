"""The audit trail: who changed what, when and from where.

Rows are written by signals, in the transaction of the change itself. Whoever writes with
`QuerySet.update` or `bulk_create` passes them by, and so must not touch an audited field.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import ip_address
from typing import Any
from uuid import UUID

from auditlog import get_logentry_model
from auditlog.models import LogEntryManager
from auditlog.registry import auditlog
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.http import HttpRequest

from accounts.caller import Caller
from api.addresses import client_address
from api.problems import request_id_of

HIDDEN = "(hidden)"

_request: ContextVar[HttpRequest | None] = ContextVar("audited_request", default=None)
_acting: ContextVar[AbstractBaseUser | None] = ContextVar("acting_user", default=None)


def audited(
    model: type[Model],
    *,
    exclude: Collection[str] = (),
    hide: Collection[str] = (),
    relations: Collection[str] = (),
) -> None:
    """Write down every change of this model's rows; call it once, in the app's `ready`.

    A field in `exclude` is left out; one in `hide` is said to have changed, without its values;
    `relations` names many-to-many fields to follow.
    """
    auditlog.register(
        model,
        exclude_fields=list(exclude),
        mask_fields=list(hide),
        mask_callable="accounts.audit.hidden",
        m2m_fields=set(relations),
    )


def hidden(value: str) -> str:
    return HIDDEN


@contextmanager
def trail_of(request: HttpRequest) -> Iterator[None]:
    """Entries written meanwhile name this request's caller, address and id; none written later do."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


@contextmanager
def acting(user: AbstractBaseUser) -> Iterator[None]:
    """Entries written meanwhile name this user, who proved who they are by a password or a token."""
    token = _acting.set(user)
    try:
        yield
    finally:
        _acting.reset(token)


def record(action: int, email: str, *, user: AbstractBaseUser | None = None) -> None:
    """Write down an event that changes no row, like a sign-in. `user` is who did it, if known."""
    get_logentry_model().objects.create(
        action=action,
        content_type=ContentType.objects.get_for_model(get_user_model()),
        object_pk=str(user.pk) if user else "",
        object_repr=email,
        cid=current_request_id(),
        **({"actor_id": user.pk, "actor_email": email} if user else {}),
    )


def current_request_id() -> str | None:
    """The library asks for it by name (AUDITLOG_CID_GETTER)."""
    return request_id_of(_request.get()) or None


class AuditTrail(LogEntryManager):  # type: ignore[misc]  # the library is untyped
    """Adds to each entry what the library cannot know: the caller, the address and the workspace."""

    def log_create(self, instance: Model, force_log: bool = False, **fields: Any) -> Any:
        return super().log_create(instance, force_log, workspace_id=_workspace_of(instance), **fields)

    def log_m2m_changes(
        self, changed_queryset: Any, instance: Model, operation: str, field_name: str, **fields: Any
    ) -> Any:
        fields["workspace_id"] = _workspace_of(instance)
        return super().log_m2m_changes(changed_queryset, instance, operation, field_name, **fields)

    def create(self, **fields: Any) -> Any:
        return super().create(**_circumstances() | fields)


def _workspace_of(row: Model) -> UUID | None:
    """The tenant of a row; a workspace is its own."""
    own = row.pk if row._meta.label == "accounts.Workspace" else None
    return getattr(row, "workspace_id", own)


def _circumstances() -> dict[str, Any]:
    request = _request.get()
    actor = _acting.get() or getattr(request, "user", None)
    where = {"remote_addr": _address_of(request)} if request else {}
    return where | _actor_fields(actor)


def _actor_fields(actor: object) -> dict[str, Any]:
    """A person is named as the actor; a program by its API key."""
    if isinstance(actor, Caller) and actor.api_key_id:
        return {"additional_data": {"api_key": {"id": str(actor.api_key_id), "name": actor.name}}}
    if isinstance(actor, Caller):
        return {"actor_id": actor.user_id, "actor_email": actor.name}
    if isinstance(actor, AbstractBaseUser):
        return {"actor_id": actor.pk, "actor_email": actor.get_username()}
    return {}


def _address_of(request: HttpRequest) -> str | None:
    """Proxies may forward anything; only an address is kept."""
    try:
        return str(ip_address(client_address(request)))
    except ValueError:
        return None
