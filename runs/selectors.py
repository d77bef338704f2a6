"""Reads, always through the eyes of a caller."""

from uuid import UUID

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound

from accounts.caller import Caller
from campaigns.selectors import campaigns_visible
from runs.models import Run


def runs_visible(caller: Caller) -> QuerySet[Run]:
    """The workspace's runs; for a restricted caller those about campaigns that were granted."""
    runs = Run.objects.filter(workspace_id=caller.home)
    if caller.restricted:
        return runs.filter(campaign_id__in=campaigns_visible(caller).values("id"))
    return runs


def run_get(caller: Caller, run_id: UUID) -> Run:
    """Raises NotFound."""
    run = runs_visible(caller).filter(id=run_id).first()
    if run is None:
        raise NotFound
    return run
