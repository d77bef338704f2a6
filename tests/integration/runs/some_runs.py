"""Runs as somebody asked for them."""

from typing import Any

from campaigns.models import Campaign
from runs.choices import RunKind
from runs.models import Run
from runs.services import run_create
from tests.people import Person


def asked(who: Person, campaign: Campaign | None = None, **parameters: Any) -> Run:
    return run_create(
        kind=RunKind.REAGGREGATE,
        workspace_id=who.workspace.id,
        campaign_id=campaign.id if campaign else None,
        parameters=parameters,
        asker={"asked_by_id": who.user.id, "asked_as": who.user.email},
    )


def campaign_of(who: Person, reference: str = "a-1") -> Campaign:
    return Campaign.objects.create(
        workspace=who.workspace,
        name="A",
        reference=reference,
        platform="meta",
        currency="EUR",
        timezone="UTC",
    )
