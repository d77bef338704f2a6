"""Connects ad accounts, changes and removes them. Credentials go in and only the fetchers get them out."""

from collections.abc import Mapping
from typing import Any, TypedDict

from django.db import transaction
from django.utils import timezone

from accounts.models import Workspace
from api.problem_codes import ProblemCode
from api.problems import Problem, field_problem
from campaigns.choices import ConnectionStatus
from campaigns.constraints import refused_as_field_errors
from campaigns.credentials import configured_safe
from campaigns.models import Connection
from campaigns.versions import claim

IDENTITY = ("platform", "external_account_id")
SHOWN_CAMPAIGNS = 3


class ConnectionFields(TypedDict, total=False):
    """What a person says about an ad account; what is left out stays, or takes its default."""

    platform: str
    external_account_id: str
    name: str
    currency: str
    timezone: str
    status: str
    credentials: Mapping[str, str]


@transaction.atomic
def connection_create(*, workspace: Workspace, fields: ConnectionFields) -> Connection:
    """Raises a field problem for an account that is connected already."""
    connection = Connection(workspace=workspace, **_columns(fields))
    with refused_as_field_errors():
        connection.save(force_insert=True)
    return connection


@transaction.atomic
def connection_update(
    *, connection: Connection, changes: ConnectionFields, expected_version: int | None = None
) -> Connection:
    """Facts are known by platform and account, so these two stay. New credentials mend a broken account."""
    current = claim(connection, expected_version)
    for field in IDENTITY:
        if changes.get(field, getattr(current, field)) != getattr(current, field):
            raise field_problem(field, "immutable", "Connect the other ad account beside this one instead.")
    columns = _columns(changes)
    if changes.get("credentials") and current.status == ConnectionStatus.BROKEN:
        columns.setdefault("status", ConnectionStatus.ACTIVE)
    for name, value in columns.items():
        setattr(current, name, value)
    current.save(update_fields=[*columns, "updated_at"])
    return current


@transaction.atomic
def connection_delete(*, connection: Connection, expected_version: int | None = None) -> None:
    """Refused while campaigns, archived ones included, run in the account."""
    current = claim(connection, expected_version)
    references = list(current.campaigns.order_by("created_at").values_list("reference", flat=True))
    if references:
        shown = ", ".join(references[:SHOWN_CAMPAIGNS]) + (", …" if references[SHOWN_CAMPAIGNS:] else "")
        raise Problem(
            ProblemCode.CONFLICT,
            f"Campaigns still run in this ad account: {shown}. Take them out first, or pause the account.",
        )
    current.delete()


def _columns(fields: ConnectionFields) -> dict[str, Any]:
    columns: dict[str, Any] = {**fields}
    if "credentials" in columns:
        credentials = columns.pop("credentials")
        columns["encrypted_credentials"] = configured_safe().lock(credentials) if credentials else ""
        columns["credentials_set_at"] = timezone.now() if credentials else None
    return columns
