"""Answer: figures become the body of the contract, with what is missing and how final it is."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from insights.metrics import METRICS, Unit
from insights.query.figures import Whole, add_up, parts_of
from insights.query.freshness import Freshness
from insights.query.plan import Plan
from insights.query.question import Granularity, Question
from insights.query.rows import Row, rows_of
from insights.query.sql import REPORT, UNSPLIT, Found
from insights.query.warnings import warnings_of
from insights.sources import EVENTS
from runtime.money import amount_text

Body = dict[str, Any]


def answer(question: Question, plan: Plan, found: Sequence[Found], freshness: Freshness) -> Body:
    parts = parts_of(found, plan, tracked=freshness.tracked)
    total = add_up(parts)
    rows = rows_of(question, plan, parts, freshness)
    report = source_of(plan, found)
    return {
        "query": echo(question),
        "rows": [_row(row, question, freshness, reports=plan.report is not None) for row in rows],
        "totals": _figures(total, question.metrics),
        "comparison": None,
        "report": report,
        "freshness": {
            "data_through": freshness.data_through,
            "sources": freshness.sources(report, plan.ends),
        },
        "warnings": warnings_of(question, plan, found, total, report, freshness),
        "cached": False,
        "age_seconds": 0,
    }


def source_of(plan: Plan, found: Sequence[Found]) -> str:
    """Where the platform figures are from: the report if it counts anywhere, else events."""
    reported = not plan.events or any(row.standing in (REPORT, UNSPLIT) for row in found)
    return plan.source if reported else EVENTS


def echo(question: Question) -> Body:
    """The question as it was understood, with everything that it left open."""
    return {
        "campaign_id": question.subject.campaign_ids[0],
        "start_date": question.start_date,
        "end_date": question.end_date,
        "granularity": question.granularity.value,
        "breakdown": question.breakdown,
        "filters": question.filters,
        "metrics": question.metrics,
        "timezone": question.timezone,
        "currency": question.currency,
        "origin": question.origin.value or None,
        "fill": question.fill.value,
        "order": question.order,
        "limit": question.limit,
        "compare": None,
        "attribution": None,
        "as_of": None,
    }


def _row(row: Row, question: Question, freshness: Freshness, *, reports: bool) -> Body:
    bucket = {} if question.granularity is Granularity.TOTAL else {"bucket": row.bucket.label}
    return {
        **bucket,
        **dict(zip(question.breakdown, row.values, strict=True)),
        **_figures(row.whole, question.metrics),
        "is_final": freshness.is_final(row.bucket, row.whole.standings, reports=reports),
    }


def _figures(whole: Whole, metrics: Iterable[str]) -> Body:
    """The metrics, and what is known of those that are not whole."""
    names = list(metrics)
    told: Body = {name: shown(METRICS[name].unit, whole.value(name)) for name in names}
    known = {
        name: shown(METRICS[name].unit, figure.known)
        for name in names
        if (figure := whole.sums.get(name)) and not figure.whole and figure.known is not None
    }
    return told | ({"known": known} if known else {})


def shown(unit: Unit, value: Decimal | None) -> str | int | float | None:
    """Platforms credit parts of a conversion: a count that is not whole leaves as a fraction."""
    if value is None:
        return None
    if unit is Unit.MONEY:
        return amount_text(value)
    if unit is Unit.COUNT and value == value.to_integral_value():
        return int(value)
    return float(value)
