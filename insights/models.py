"""How far the rollups are made. All of it may be deleted: then more is recomputed than is needed."""

from django.db import models

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
    settled = models.PositiveBigIntegerField(default=0, help_text="Every mark up to this version is settled.")
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

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_record_of_progress")]

    def __str__(self) -> str:
        return f"marks {self.marks}, settled {self.settled}"
