"""In which time zones the days of a campaign are kept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from campaigns.models import Campaign
from insights.models import DaysBuilt, RecomputedThrough


def campaigns_by_zone(campaign_ids: Iterable[UUID]) -> Mapping[str, set[UUID]]:
    """Its own zone, the one before it until the days of the new one are complete, and what is being built.

    A campaign that there is not any more is in no zone: nobody can ask for its days.
    """
    asked = list(campaign_ids)
    found: dict[str, set[UUID]] = defaultdict(set)
    for rows in (
        Campaign.objects.filter(id__in=asked).values_list("timezone", "id"),
        DaysBuilt.objects.filter(campaign__in=asked).values_list("timezone", "campaign_id"),
    ):
        for zone, campaign_id in rows:
            found[zone].add(campaign_id)
    building = RecomputedThrough.building_now()
    if building and UUID(building["campaign"]) in asked:
        found[building["timezone"]].add(UUID(building["campaign"]))
    return found
