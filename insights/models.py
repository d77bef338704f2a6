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
    """How far the marks in ClickHouse were worked off; one row.

    Every mark whose version is at most `marks` was recomputed at least once, and settled if it is at most
    `settled`. `seen_at` is the engine's clock when nothing was left to recompute. The answers about the
    campaigns in `unraised` changed while the cache server was away.
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    marks = models.PositiveBigIntegerField(default=0)
    settled = models.PositiveBigIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)
    unraised = models.JSONField(default=list)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_record_of_progress")]

    def __str__(self) -> str:
        return f"marks {self.marks}, settled {self.settled}"
