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
# What is said of a run after its name.
SAID = {
    RunState.QUEUED.value: "waits for a worker",
    RunState.RUNNING.value: "is running",
    RunState.SUCCEEDED.value: "has succeeded",
    RunState.FAILED.value: "has failed",
    RunState.CANCELLED.value: "was cancelled",
}
# What somebody may take up again where it stopped.
RESUMABLE = (*OPEN, RunState.FAILED, RunState.CANCELLED)
