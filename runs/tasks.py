"""What runs do in the background. Every task may run twice without harm."""

from celery import shared_task

from runs.services import runs_fail_lost


@shared_task
def fail_stuck_runs() -> None:
    """Whoever asked learns that nobody is going to work on it any more."""
    runs_fail_lost()
