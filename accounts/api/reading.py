"""From a request to what a service asks for, and from a service to the queue."""

from typing import Any

from celery import Task
from kombu.exceptions import OperationalError
from rest_framework.request import Request

from api.problem_codes import ProblemCode
from api.problems import RETRY_AFTER_SECONDS, Problem
from api.serializers import StrictSerializer


def checked(serializer: type[StrictSerializer], request: Request, *, partial: bool = False) -> dict[str, Any]:
    """The body as the serializer understands it. Raises ValidationError."""
    body = serializer(data=request.data, partial=partial)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def mail_later(task: "Task[[str], None]", argument: str) -> None:
    """Hand a mail to the workers. Raises a 503 if the queue is down: nothing was sent."""
    try:
        task.delay(argument)
    except OperationalError:
        retry = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        raise Problem(ProblemCode.UNAVAILABLE, "No mail can be sent now.", headers=retry) from None
