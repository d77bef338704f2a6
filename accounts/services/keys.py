"""API keys and write keys: made, shown once, revoked."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from rest_framework.exceptions import NotFound

from accounts.caller import Caller
from accounts.grants import check_expiry, check_scopes
from accounts.keys import fingerprint, new_api_key, new_write_key, shown_prefix
from accounts.models import ApiKey, WriteKey
from accounts.rights import Right
from api.problems import field_problem


class NewApiKey(NamedTuple):
    """`key` is the only copy that there will ever be."""

    api_key: ApiKey
    key: str


def api_key_issue(
    *, caller: Caller, name: str, scopes: Iterable[Right], expires_at: datetime | None = None
) -> NewApiKey:
    """A key of the caller's workspace with no more scopes, and no longer a life, than the caller has."""
    check_scopes(caller, scopes)
    check_expiry(caller, expires_at)
    return api_key_create(
        workspace_id=caller.home,
        name=name,
        scopes=scopes,
        expires_at=expires_at,
        created_by_id=caller.user_id,
    )


@transaction.atomic
def api_key_create(
    *,
    workspace_id: UUID,
    name: str,
    scopes: Iterable[Right],
    expires_at: datetime | None = None,
    created_by_id: UUID | None = None,
    key: str = "",
) -> NewApiKey:
    """`key` is for one that was made elsewhere by `accounts.keys.new_api_key`; normally it is made here."""
    if expires_at and expires_at <= timezone.now():
        raise field_problem("expires_at", "past", "A key has to end in the future.")
    key = key or new_api_key()
    api_key = ApiKey.objects.create(
        workspace_id=workspace_id,
        name=name,
        prefix=shown_prefix(key),
        key_hash=fingerprint(key),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
        created_by_id=created_by_id,
    )
    return NewApiKey(api_key, key)


@transaction.atomic
def write_key_create(
    *, workspace_id: UUID, name: str, created_by_id: UUID | None = None, key: str = ""
) -> WriteKey:
    return WriteKey.objects.create(
        workspace_id=workspace_id, name=name, key=key or new_write_key(), created_by_id=created_by_id
    )


@transaction.atomic
def key_revoke(*, kind: type[ApiKey] | type[WriteKey], workspace_id: UUID, key_id: UUID) -> None:
    """It works no more from the next request on. Revoking twice is fine."""
    keys = kind.objects.select_for_update().filter(workspace_id=workspace_id)
    key = keys.filter(id=key_id).first()
    if key is None:
        raise NotFound
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
