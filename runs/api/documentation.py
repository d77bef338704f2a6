"""What the OpenAPI file says about these routes beyond their fields."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_RUN_ID = "6f1f0c3e-2b0a-4c9e-9a56-3f8f2f6c1d20"
_RUN: dict[str, Any] = {
    "id": _RUN_ID,
    "kind": "reaggregate",
    "state": "running",
    "campaign_id": "0b8f6b1c-7a52-4b4f-9f0b-2f3f0d3f8a11",
    "parameters": {"start_date": "2026-11-01", "end_date": "2026-11-20"},
    "progress": {"done": 7, "total": 20},
    "warnings": [],
    "error": None,
    "created_at": "2026-11-21T09:00:00Z",
    "started_at": "2026-11-21T09:00:01Z",
    "finished_at": None,
}

RUN_EXAMPLES = [OpenApiExample("A run", value=_RUN, response_only=True)]
CANCEL_EXAMPLES = [
    OpenApiExample(
        "A cancelled run",
        value=_RUN | {"state": "cancelled", "finished_at": "2026-11-21T09:00:04Z"},
        response_only=True,
    )
]
HANDED_OVER_EXAMPLES = [
    OpenApiExample(
        "Handed over",
        value={"run_id": _RUN_ID, "state": "queued", "url": f"/api/v1/runs/{_RUN_ID}/"},
        response_only=True,
    )
]
