"""Shows single campaigns to restricted members, and takes them from view again."""

from uuid import UUID

from django.db import transaction

from accounts.models import Membership
from api.problems import field_problem
from campaigns.models import Campaign, CampaignGrant


@transaction.atomic
def grant_add(*, campaign: Campaign, membership_id: UUID) -> tuple[CampaignGrant, bool]:
    """The grant, and whether it is new: granting twice is granting once."""
    held = Membership.objects.select_for_update(no_key=True)
    membership = held.filter(id=membership_id, workspace_id=campaign.workspace_id).first()
    if membership is None:
        raise field_problem("membership", "not_found", "There is no such member.")
    return CampaignGrant.objects.get_or_create(campaign=campaign, membership=membership)


@transaction.atomic
def grant_remove(*, grant: CampaignGrant) -> None:
    """Removing it again is fine."""
    grant.delete()
