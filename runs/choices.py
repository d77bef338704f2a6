"""What a run is for, and how far it can be."""

from django.db.models import TextChoices


class RunKind(TextChoices):
    REAGGREGATE = "reaggregate"
    FETCH = "fetch"
    EXPORT = "export"


class RunState(TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (RunState.QUEUED, RunState.RUNNING)
# What somebody may take up again where it stopped.
RESUMABLE = (*OPEN, RunState.FAILED, RunState.CANCELLED)
