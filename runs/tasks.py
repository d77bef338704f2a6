"""What runs do in the background. Every task may run twice without harm."""

from celery import shared_task

from runs.services import runs_fail_stuck


@shared_task
def fail_stuck_runs() -> None:
    """Whoever asked learns that nobody works on it any more."""
    runs_fail_stuck()
