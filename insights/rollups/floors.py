"""What is sealed: figures whose raw rows may be gone, so that making them anew would make them wrong."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from accounts.models import Workspace
from insights.local_days import utc_midnight
from insights.rollups.targets import Target


def above_floors(targets: Sequence[Target]) -> list[Target]:
    """The part of these targets that may be recomputed."""
    return list(_cut(targets, _floors_of({target.workspace_id for target in targets})))


def _floors_of(workspace_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    rows = Workspace.objects.filter(id__in=list(workspace_ids)).exclude(sealed_before=None)
    return {
        workspace_id: utc_midnight(sealed_before)
        for workspace_id, sealed_before in rows.values_list("id", "sealed_before")
        if sealed_before
    }


def _cut(targets: Sequence[Target], floors: dict[UUID, datetime]) -> Iterator[Target]:
    for target in targets:
        first = max(target.first, floors.get(target.workspace_id, target.first))
        if first < target.last:
            yield target._replace(first=first)
