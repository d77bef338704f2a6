"""Moves raw floors; see `accounts.floors` for what the steps mean."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Workspace


@transaction.atomic
def raw_floor_raise(*, workspace_id: UUID, floor: date) -> bool:
    """The first step. False if it stands there already, or if the move before is not sealed yet."""
    workspace = _locked(workspace_id)
    if workspace.raw_floor != workspace.sealed_before:
        return False
    if workspace.raw_floor and workspace.raw_floor >= floor:
        return False
    workspace.raw_floor, workspace.floor_moved_at = floor, timezone.now()
    workspace.save(update_fields=["raw_floor", "floor_moved_at"])
    return True


@transaction.atomic
def raw_floor_seal(*, workspace_id: UUID, floor: date) -> None:
    """The second step, for whoever made sure that everything accepted below this floor is in the figures."""
    workspace = _locked(workspace_id)
    if workspace.raw_floor == floor != workspace.sealed_before:
        workspace.sealed_before, workspace.floor_moved_at = floor, timezone.now()
        workspace.save(update_fields=["sealed_before", "floor_moved_at"])


def _locked(workspace_id: UUID) -> Workspace:
    return Workspace.objects.select_for_update(no_key=True).get(id=workspace_id)
