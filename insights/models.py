"""How far the rollups are made. All of it together may be deleted: then more is recomputed than is needed.

Rows of SetAside alone may not: what they remember of how fresh a campaign is cannot be found again.
"""

from django.db import models
from django.utils import timezone

from campaigns.models import Campaign


class DaysBuilt(models.Model):
    """The days of a campaign in this time zone are complete, and every recompute keeps them so."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="days_built")
    timezone = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("campaign", "timezone"), name="days_are_built_once")]

    def __str__(self) -> str:
        return f"{self.campaign} by the day in {self.timezone}"


class RecomputedThrough(models.Model):
    """How far the marks in ClickHouse were worked off; one row. Times are the engine's, in microseconds."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    marks = models.PositiveBigIntegerField(
        default=0, help_text="Every mark up to this version was recomputed at least once."
    )
    marks_key = models.PositiveBigIntegerField(
        default=0, help_text="Of the marks of that version, those up to this key."
    )
    settled = models.PositiveBigIntegerField(default=0, help_text="Every mark up to this version is settled.")
    hidden = models.JSONField(
        default=list,
        help_text="After which mark and up to which version settled ones may hide newer ones: the engine's "
        "clock was set back.",
    )
    data_through = models.DateTimeField(
        null=True, help_text="Every event that was logged before is in the rollups."
    )
    looked_through_at = models.PositiveBigIntegerField(
        default=0, help_text="When all marks were last looked through, whatever their version."
    )
    is_wanted = models.BooleanField(
        default=False, help_text="Somebody asked for a tick while another was under way."
    )
    stumbles = models.PositiveSmallIntegerField(
        default=0, help_text="Portions that were begun and not ended, in a row; each halves the next."
    )
    unraised = models.JSONField(
        default=list, help_text="Campaigns whose answers changed while the cache server was away."
    )
    building = models.JSONField(
        default=dict, help_text="Whose days in which time zone are being built, and how far they are."
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_record_of_progress")]

    def __str__(self) -> str:
        return f"marks {self.marks}, settled {self.settled}"

    @classmethod
    def building_now(cls) -> dict[str, str]:
        return cls.objects.values_list("building", flat=True).first() or {}


class SetAside(models.Model):
    """A marked bucket that cannot be recomputed, or a campaign's days. It is tried again, later and later.

    It may outlive its campaign, as its mark in ClickHouse does: the next try forgets both.
    """

    DAYS = "days"  # instead of a source: the days of a campaign in another zone

    workspace_id = models.UUIDField()
    campaign_id = models.UUIDField()
    source = models.CharField(max_length=64)
    bucket = models.DateTimeField(help_text="The minute that is marked, or the first one that is not built.")
    version = models.PositiveBigIntegerField(help_text="Of its mark when it was refused.")
    data_through = models.DateTimeField(
        null=True, help_text="The figures of the campaign are said to reach no further than this."
    )
    code = models.IntegerField(null=True, help_text="ClickHouse's own; none if it did not end in time.")
    reason = models.TextField()
    since = models.DateTimeField(default=timezone.now)
    tries = models.PositiveIntegerField(default=0, help_text="Since it was set aside.")
    next_try_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "set aside"
        constraints = [
            models.UniqueConstraint(
                fields=("workspace_id", "campaign_id", "source", "bucket"), name="set_aside_once"
            )
        ]
        indexes = [models.Index(fields=("campaign_id",), name="set_aside_by_campaign")]

    def __str__(self) -> str:
        return f"{self.source} of {self.campaign_id} at {self.bucket:%Y-%m-%d %H:%M}"
