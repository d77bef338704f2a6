"""The days of a campaign in its zone: built beside the old ones whenever it is given another zone."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from campaigns.models import Campaign
from insights.models import DaysBuilt
from insights.rollups.recompute import recompute_days
from insights.rollups.targets import Target
from warehouse import client

_MOST_AT_ONCE = 20
_EVERYTHING = """
SELECT source, min(bucket), max(bucket)
FROM rollup_15min
WHERE workspace_id = %(workspace)s AND campaign_id = %(campaign)s
GROUP BY source
"""


def build_missing_days() -> bool:
    """For some of the campaigns whose days are not complete in their zone; returns whether there may be more.

    No recompute may run beside it but one that names its targets itself.
    """
    built = DaysBuilt.objects.filter(campaign=OuterRef("pk"), timezone=OuterRef("timezone"))
    missing = list(Campaign.objects.filter(~Exists(built)).order_by("id")[:_MOST_AT_ONCE])
    for campaign in missing:
        _build(campaign)
    return len(missing) == _MOST_AT_ONCE


def _build(campaign: Campaign) -> None:
    """From then on the days of other zones are not kept up, so nobody may be told that they are complete."""
    whose = {"workspace": campaign.workspace_id, "campaign": campaign.id}
    spans = client.writer().rows(_EVERYTHING, whose, feature="days")
    recompute_days(
        (
            Target(campaign.workspace_id, campaign.id, source, first, last + timedelta(minutes=15))
            for source, first, last in spans
        ),
        campaign.timezone,
    )
    with transaction.atomic():
        DaysBuilt.objects.filter(campaign=campaign).exclude(timezone=campaign.timezone).delete()
        DaysBuilt.objects.get_or_create(campaign=campaign, timezone=campaign.timezone)
