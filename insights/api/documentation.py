"""What the OpenAPI file says about insights."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from campaigns.choices import Platform
from insights.metrics import METRICS, Ratio, Sum, Unit
from insights.query.dates import DEFAULT_DAYS, PRESETS
from insights.query.parse import ADVERBS
from insights.query.plan import MOST_ROWS
from insights.query.question import DEVICES, DIMENSIONS, Fill, Granularity, Origin
from insights.query.warnings import WarningCode


def _query(name: str, description: str, **schema: Any) -> OpenApiParameter:
    return OpenApiParameter(
        name, {"type": "string"} | schema, OpenApiParameter.QUERY, description=description
    )


def _one_of(name: str, values: Any, description: str) -> OpenApiParameter:
    return _query(name, description, enum=[value for value in values if value])


def _several(name: str, values: Any, description: str) -> OpenApiParameter:
    """Several with commas between them."""
    return OpenApiParameter(
        name,
        {"type": "array", "items": {"type": "string", "enum": list(values)}, "minItems": 1},
        OpenApiParameter.QUERY,
        description=description,
        style="form",
        explode=False,
    )


PARAMETERS = [
    OpenApiParameter(
        "name", str, OpenApiParameter.PATH, description="The campaign's id or its reference, like `cmp-42`."
    ),
    OpenApiParameter(
        "If-None-Match",
        str,
        OpenApiParameter.HEADER,
        description="The ETag that you hold. If the figures are still these, you get a 304 without a body.",
    ),
    _query(
        "start_date",
        f"The first day, in `timezone`. Default: the {DEFAULT_DAYS} days that end with `end_date`.",
        format="date",
    ),
    _query("end_date", "The last day, included. Default: today.", format="date"),
    _one_of("preset", PRESETS, "A range by name, instead of dates."),
    _one_of(
        "granularity", [*(g.value for g in Granularity), *ADVERBS], "Default: `day`. Weeks begin on Monday."
    ),
    _several("breakdown", DIMENSIONS, "A row for each value of these."),
    _several("platform", Platform.values, "Only these platforms."),
    _query(
        "region",
        "Only these countries (ISO 3166-1), with commas between them.",
        pattern="^[A-Z]{2}(,[A-Z]{2})*$",
    ),
    _several("device", sorted(DEVICES), "Only these devices."),
    _several("metrics", METRICS, "Only these metrics."),
    _query("timezone", "Whose days and hours; an IANA name. Default: the campaign's."),
    _query("currency", "So far the campaign's alone."),
    _one_of(
        "origin",
        [origin.value for origin in Origin],
        "Who is believed. Default: the platform's report on days that it has told of, else metric events.",
    ),
    _one_of(
        "fill",
        [fill.value for fill in Fill],
        "Rows where nothing happened: `zero` as far as that is certain, `null`, or `none` (default).",
    ),
    _query("order", "`bucket` (default) or a metric, with `-` in front for descending."),
    OpenApiParameter(
        "limit", {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}, description="At most so many rows."
    ),
]
NOT_MODIFIED = OpenApiResponse(description="The figures are still those that you hold.")

_TEXT: dict[str, Any] = {"type": "string"}
_TIME: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}
_OF_UNIT: dict[Unit, dict[str, Any]] = {
    Unit.COUNT: {"type": ["number", "null"], "minimum": 0},
    Unit.MONEY: {"type": ["string", "null"], "pattern": r"^\d+\.\d{2,6}$"},
    Unit.RATIO: {"type": ["number", "null"], "minimum": 0},
}


def _metric(metric: Sum | Ratio) -> dict[str, Any]:
    return _OF_UNIT[metric.unit] | {"description": metric.meaning}


_FIGURES: dict[str, Any] = {
    **{name: _metric(metric) for name, metric in METRICS.items()},
    "known": {
        "type": "object",
        "description": "Of metrics that are null because a part of them is missing: the rest.",
    },
}
_ROW: dict[str, Any] = {
    "type": "object",
    "required": ["is_final"],
    "properties": {
        "bucket": _TEXT | {"description": "An hour as RFC 3339, else the first day; no bucket for `total`."},
        **{name: {"type": ["string", "null"]} for name in DIMENSIONS},
        **_FIGURES,
        "is_final": {"type": "boolean", "description": "Nothing more is expected to change this row."},
    },
}
_SOURCE: dict[str, Any] = {
    "type": "object",
    "required": ["source", "last_received_at", "state"],
    "properties": {
        "source": _TEXT,
        "last_received_at": _TIME,
        "state": _TEXT | {"enum": ["ok", "delayed", "failed", "broken", "never"]},
    },
}
_WARNING: dict[str, Any] = {
    "type": "object",
    "required": ["code", "message", "source"],
    "properties": {
        "code": _TEXT | {"enum": [code.value for code in WarningCode]},
        "message": _TEXT,
        "source": _TEXT,
    },
}
_BODY: dict[str, Any] = {
    "query": {"type": "object", "description": "The question as it was understood."},
    "rows": {"type": "array", "items": _ROW},
    "totals": {"type": "object", "properties": _FIGURES},
    "comparison": {"type": ["object", "null"]},
    "report": _TEXT | {"description": "Where the platform figures are from: `events`, or the report's name."},
    "freshness": {
        "type": "object",
        "required": ["data_through", "sources"],
        "properties": {
            "data_through": _TIME | {"description": "All that was on the log before it is in the figures."},
            "sources": {"type": "array", "items": _SOURCE},
        },
    },
    "warnings": {"type": "array", "items": _WARNING},
    "cached": {"type": "boolean"},
    "age_seconds": {"type": "integer", "minimum": 0},
}
ANSWER = OpenApiResponse(
    {"type": "object", "required": list(_BODY), "properties": _BODY}, description="Rows and totals."
)

_EXAMPLE_FIGURES = {
    "impressions": 1000,
    "clicks": 20,
    "conversions": 2,
    "spend": "10.50",
    "revenue": "42.00",
    "ctr": 0.02,
    "cpc": 0.525,
    "cpm": 10.5,
    "cpa": 5.25,
    "roas": 4.0,
    "conversion_rate": 0.1,
    "average_order_value": 21.0,
    "tracked_clicks": 18,
    "tracked_conversions": 2,
    "tracked_value": "40.00",
}
_EXAMPLE_BODY: dict[str, Any] = {
    "query": {
        "campaign_id": "0b8f6b1c-7a52-4b4f-9f0b-2f3f0d3f8a11",
        "start_date": "2026-11-01",
        "end_date": "2026-11-02",
        "granularity": "day",
        "breakdown": ["platform"],
        "filters": {},
        "metrics": list(METRICS),
        "timezone": "Europe/Berlin",
        "currency": "EUR",
        "origin": None,
        "fill": "none",
        "order": "bucket",
        "limit": None,
        "compare": None,
        "attribution": None,
        "as_of": None,
    },
    "rows": [{"bucket": "2026-11-01", "platform": "meta", **_EXAMPLE_FIGURES, "is_final": False}],
    "totals": _EXAMPLE_FIGURES,
    "comparison": None,
    "report": "events",
    "freshness": {
        "data_through": "2026-11-02T10:15:00Z",
        "sources": [{"source": "events", "last_received_at": "2026-11-02T10:14:58Z", "state": "ok"}],
    },
    "warnings": [],
    "cached": False,
    "age_seconds": 0,
}
EXAMPLES = [
    OpenApiExample("Two days by platform", value=_EXAMPLE_BODY, response_only=True, status_codes=["200"])
]
