"""From a view to the queue."""

from celery import Task
from kombu.exceptions import OperationalError

from api.problems import unavailable


def mail_later(task: "Task[[str], None]", argument: str) -> None:
    """Hand a mail to the workers. Raises a 503 if the queue is down: nothing was sent."""
    try:
        task.delay(argument)
    except OperationalError:
        raise unavailable("No mail can be sent now.") from None
