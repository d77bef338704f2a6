"""What follows for the figures when a campaign is made."""

from typing import Any

from campaigns.models import Campaign
from insights.models import DaysBuilt


def note_complete_days(instance: Campaign, *, created: bool, raw: bool, **_: Any) -> None:
    """It has no facts before it is there, and every recompute keeps up the days of its zone.

    One that is loaded from a backup may have had facts before: its days are looked at.
    """
    if created and not raw:
        DaysBuilt.objects.create(campaign=instance, timezone=instance.timezone)
