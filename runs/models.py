"""Long work that somebody asked for."""

from django.db import models
from django.db.models import Q

from accounts.models import Identified, User, Workspace
from campaigns.models import Campaign
from runs.choices import OPEN, RunKind, RunState

LONGEST_NAME = 254


class Run(Identified):
    """One piece of work: what was asked, by whom, and how far it is.

    Without a workspace it is the operator's own, over all of them, and only the admin shows it. `place` is
    where whoever takes it up again goes on, in the words of its kind.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True, related_name="runs")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, null=True, related_name="runs")
    kind = models.CharField(max_length=16, choices=RunKind.choices)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.QUEUED)
    parameters = models.JSONField(default=dict)
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_as = models.CharField(max_length=LONGEST_NAME, help_text="Who asked: a person, a key, a command.")
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True, help_text="Unknown until somebody has counted.")
    place = models.JSONField(null=True)
    warnings = models.JSONField(default=list)
    error = models.TextField(blank=True, default="")
    taken_by = models.UUIDField(null=True, help_text="The execution that works on it now.")
    deaths = models.PositiveSmallIntegerField(
        default=0, help_text="Times in a row that somebody took it and was not heard of any more."
    )
    alive_at = models.DateTimeField(help_text="When it was last heard of.")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=("workspace", "created_at", "id"), name="run_by_age"),
            models.Index(fields=("campaign", "created_at", "id"), name="run_by_campaign"),
            models.Index(fields=("alive_at",), condition=Q(state__in=OPEN), name="run_open"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OPEN) ^ Q(finished_at__isnull=False), name="only_ended_runs_finished"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
