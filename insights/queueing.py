"""From a page or a route to the queue."""

from contextlib import suppress

from kombu.exceptions import OperationalError

from api.problems import unavailable
from insights.tasks import reaggregate
from runs.models import Run
from runs.services import run_give_up


def reaggregate_later(run: Run) -> None:
    """Hand the run to the workers. Raises a 503 if the queue is down; the run then has failed."""
    try:
        reaggregate.delay(str(run.id))
    except OperationalError:
        with suppress(Exception):
            run_give_up(run_id=run.id, error="The queue was down when it was asked for.")
        raise unavailable("No work can be handed over now.") from None
