"""Names new campaigns: `cmp-1`, `cmp-2`, … per workspace, each once and for ever."""

from django.db import IntegrityError, transaction

from api.problems import field_problem
from campaigns.constraints import constraint_of
from campaigns.models import Campaign, ReferenceCounter
from campaigns.references import generated_reference, is_reference


def check_reference(reference: str) -> None:
    if not is_reference(reference):
        raise field_problem(
            "reference",
            "invalid",
            "Up to 64 letters, digits and . _ ~ -, beginning with a letter or digit, and no UUID.",
        )


def save_under_next_reference(campaign: Campaign) -> None:
    """Insert the campaign under the workspace's next free number; creations in a workspace queue up here."""
    counter, _ = ReferenceCounter.objects.select_for_update().get_or_create(
        workspace_id=campaign.workspace_id
    )
    taken = True
    while taken:
        counter.last += 1
        campaign.reference = generated_reference(counter.last)
        taken = _is_taken(campaign) or not _insert(campaign)
    counter.save()


def _is_taken(campaign: Campaign) -> bool:
    rows = Campaign.objects.filter(workspace_id=campaign.workspace_id, reference=campaign.reference)
    return rows.exists()


def _insert(campaign: Campaign) -> bool:
    """False if somebody gave this very reference by hand a moment ago."""
    try:
        with transaction.atomic():
            campaign.save(force_insert=True)
    except IntegrityError as error:
        if constraint_of(error) != "one_campaign_a_reference":
            raise
        return False
    return True
