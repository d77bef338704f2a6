"""What the OpenAPI file says about these routes; the shapes of events come from what reads them."""

from typing import Any

import msgspec
from drf_spectacular.utils import OpenApiExample, OpenApiResponse

from api.problems import CONTENT_TYPE
from api.schema import PROBLEM
from ingestion.api.bodies import MOST_EVENTS
from ingestion.events.json_schemas import FILE_NAMES
from ingestion.events.sent import SentClick, SentConversion, SentImpression, SentMetric

_COMPONENTS = "#/components/schemas/"
_LINES = "application/x-ndjson"
_SENT, _SENT_COMPONENTS = msgspec.json.schema_components(
    (SentMetric, SentClick, SentConversion, SentImpression), ref_template=_COMPONENTS + "{name}"
)
_EVENT: dict[str, Any] = {"anyOf": list(_SENT)}
_WRITE_KEY = {"type": "string", "description": "Where no header can be set."}
_BATCH = {
    "type": "object",
    "required": ["events"],
    "additionalProperties": False,
    "properties": {
        "events": {"type": "array", "items": _EVENT, "minItems": 1, "maxItems": MOST_EVENTS},
        "write_key": _WRITE_KEY,
    },
}
_COUNT = {"type": "integer", "minimum": 0}
_ID = {"type": "string"}
_TIME = {"type": "string", "format": "date-time"}
_REJECTION = {
    "type": "object",
    "required": ["index", "code", "field", "message"],
    "properties": {"index": _COUNT, "code": _ID, "field": _ID, "message": _ID},
}
_OUTCOMES: dict[str, Any] = {
    "type": "object",
    "required": ["accepted", "duplicates_in_request", "rejected", "event_ids", "occurred_at"],
    "properties": {
        "accepted": _COUNT | {"description": "All that were not rejected."},
        "duplicates_in_request": _COUNT
        | {"description": "Further ones of an id and time that stood in it before; the last one stands."},
        "rejected": {"type": "array", "items": _REJECTION},
        "event_ids": {"type": "array", "items": {"type": ["string", "null"]}},
        "occurred_at": {"type": "array", "items": {"type": ["string", "null"], "format": "date-time"}},
    },
}
_STATES = {
    "type": "object",
    "properties": {
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["index", "event_id", "occurred_at", "state"],
                "properties": {
                    "index": _COUNT,
                    "event_id": _ID,
                    "occurred_at": _TIME,
                    "state": {"type": "string", "enum": ["acknowledged", "unknown"]},
                },
            },
        },
        "rejected": {"type": "array", "items": _REJECTION},
    },
}
_SCHEMA_LINKS = ", ".join(f"[{name}](/api/schemas/events/{name})" for name in FILE_NAMES.values())
EVENTS_DESCRIPTION = f"""\
One event, `{{"events": [...]}}` or one a line (NDJSON); at most {MOST_EVENTS:,}, gzipped if you like.

A 202 means that every event that it does not list as rejected is stored durably. Sending an event
again with the same `event_id` and `occurred_at` is safe: it counts once, as it was received last.

How each kind then stands on the event log is published as JSON Schema: {_SCHEMA_LINKS}.
"""

_PROBLEM = {"$ref": _COMPONENTS + PROBLEM}

EVENTS_BODY: dict[str, Any] = {
    "application/json": {"anyOf": [_EVENT, _BATCH]},
    _LINES: {"type": "string", "description": "One event a line."},
}
EVENTS_ANSWERS: dict[Any, Any] = {
    202: OpenApiResponse(_OUTCOMES, "The log has what was accepted, durably; what it has not is listed."),
    (422, CONTENT_TYPE): OpenApiResponse(
        {"allOf": [_PROBLEM, _OUTCOMES]}, "None was accepted; `rejected` says why."
    ),
    (503, CONTENT_TYPE): OpenApiResponse(
        {"allOf": [_PROBLEM, _STATES]},
        "It is not known whether the `unknown` ones are stored. Send them again after `Retry-After` seconds, "
        "with these ids and times: they count once. Without `events` nothing was stored.",
    ),
}

_METRIC = {
    "kind": "metric",
    "event_id": "2026-11-20-hour-10-de",
    "occurred_at": "2026-11-20T10:15:00.250Z",
    "campaign_id": "cmp-42",
    "platform": "meta",
    "region": "DE",
    "device": "mobile",
    "impressions": 1000,
    "clicks": 20,
    "conversions": 2,
    "spend": "10.50",
    "revenue": "42.00",
    "currency": "EUR",
}
_CLICK = {
    "kind": "click",
    "campaign_id": "cmp-42",
    "user_id": "visitor-7",
    "source": "newsletter",
    "click_id": "c-1001",
    "click_date": "2026-11-20T10:15:00.250Z",
    "utm_source": "newsletter",
}
_ACCEPTED = {
    "accepted": 1,
    "duplicates_in_request": 0,
    "rejected": [
        {
            "index": 1,
            "code": "unknown_campaign",
            "field": "campaign_id",
            "message": "The workspace has no such campaign.",
        }
    ],
    "event_ids": ["2026-11-20-hour-10-de", None],
    "occurred_at": ["2026-11-20T10:15:00.250000Z", None],
}
EVENTS_EXAMPLES = [
    OpenApiExample("A metric event", _METRIC, request_only=True, media_type="application/json"),
    OpenApiExample(
        "A batch", {"events": [_METRIC, _CLICK]}, request_only=True, media_type="application/json"
    ),
    OpenApiExample("One accepted, one not", _ACCEPTED, response_only=True, status_codes=["202"]),
]


def add_event_schemas(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Events are no serializers, so the file learns of their shapes here."""
    result["components"].setdefault("schemas", {}).update(_SENT_COMPONENTS)
    return result
