"""/api/v1/events/"""

import math
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import BearerAuthentication, BrowserAuthentication, WriteKeyAuthentication
from accounts.caller import caller_of
from accounts.permissions import WorkspaceView
from accounts.rights import Right
from api.problem_codes import ProblemCode
from api.problems import Problem
from ingestion.accepting import Acceptance, accept
from ingestion.api import documentation
from ingestion.api.bodies import EventLines, JsonEvents, sent_body
from ingestion.errors import InvalidEvent


class EventsView(WorkspaceView):
    authentication_classes = (WriteKeyAuthentication, BearerAuthentication, BrowserAuthentication)
    parser_classes = (JsonEvents, EventLines)
    rights = {"POST": Right.EVENTS}

    @extend_schema(
        summary="Send events",
        description=documentation.EVENTS_DESCRIPTION,
        tags=["events"],
        request=documentation.EVENTS_BODY,
        responses=documentation.EVENTS_ANSWERS,
        examples=documentation.EVENTS_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        acceptance = accept(sent_body(request).events, caller_of(request))
        if acceptance.unknown:
            raise outcome_unknown(acceptance)
        if not acceptance.made:
            raise Problem(ProblemCode.EVENTS_REJECTED, extra=outcomes(acceptance))
        return Response(outcomes(acceptance), status=202)


def outcomes(acceptance: Acceptance) -> dict[str, Any]:
    """What became of each event, once all outcomes are known."""
    made = [None if isinstance(event, InvalidEvent) else event for event in acceptance.events]
    rejected = rejections(acceptance)
    return {
        "accepted": len(made) - len(rejected),
        "duplicates_in_request": acceptance.duplicates,
        "rejected": rejected,
        "event_ids": [event and event.event_id for event in made],
        "occurred_at": [event and event.occurred_at for event in made],
    }


def outcome_unknown(acceptance: Acceptance) -> Problem:
    """A 503 that tells each event's id, time and state, so that all may be sent again and count once."""
    events = [
        {
            "index": index,
            "event_id": event.event_id,
            "occurred_at": event.occurred_at,
            "state": "unknown" if index in acceptance.unknown else "acknowledged",
        }
        for index, event in acceptance.made
    ]
    wait = max(failure.retry_after for failure in acceptance.unknown.values())
    return Problem(
        ProblemCode.OUTCOME_UNKNOWN,
        "The event log did not acknowledge everything. Send the unknown ones again with these ids and times.",
        headers={"Retry-After": str(math.ceil(wait))},
        extra={"events": events, "rejected": rejections(acceptance)},
    )


def rejections(acceptance: Acceptance) -> list[dict[str, Any]]:
    return [
        {"index": index, "code": refusal.code, "field": refusal.field, "message": refusal.message}
        for index, refusal in acceptance.rejected
    ]
