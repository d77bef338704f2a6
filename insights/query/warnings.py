"""What an answer has to say about itself: the closed list of warnings, and when each is due."""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any

from insights.metrics import REPORTED, SEEN, Sum
from insights.query.figures import UNKNOWN, Whole
from insights.query.freshness import DELAYED, Freshness
from insights.query.plan import Plan
from insights.query.question import Question
from insights.query.sql import OVERLAPPED, REPORT, UNSPLIT, Found
from insights.sources import EVENTS


class WarningCode(Enum):
    SOURCE_DELAYED = "source_delayed"
    NOT_REPORTED = "not_reported"
    PARTIAL_METRIC = "partial_metric"
    TWO_ORIGINS = "two_origins"
    REPORT_DIFFERS = "report_differs"
    BREAKDOWN_UNAVAILABLE = "breakdown_unavailable"
    ACCOUNT_DAY_KEPT = "account_day_kept"


def warnings_of(
    question: Question, plan: Plan, found: Sequence[Found], total: Whole, report: str, freshness: Freshness
) -> list[dict[str, Any]]:
    told = [
        *_about_delay(plan, report, freshness),
        *_about_metrics(question, total, report),
        *_about_origins(plan, found),
        *_about_whole_days(plan, found),
        *(_about_the_report(plan, found) if REPORT in total.standings else ()),
    ]
    return [
        {"code": code.value, "message": message, "source": source, **more}
        for code, message, source, more in told
    ]


Told = Iterator[tuple[WarningCode, str, str, dict[str, Any]]]


def _about_delay(plan: Plan, report: str, freshness: Freshness) -> Told:
    """Only if the question asks for what is not there yet; then of every source of its."""
    if not freshness.lacks(plan.ends):
        return
    for source in freshness.names(report):
        if freshness.state(source, plan.ends) == DELAYED:
            message = "What was received last is not in these figures yet."
            yield WarningCode.SOURCE_DELAYED, message, source, {}


def _about_metrics(question: Question, total: Whole, report: str) -> Told:
    asked = [metric for metric in _due(total) if metric.name in question.metrics]
    figures = {metric.name: total.sums.get(metric.name, UNKNOWN) for metric in asked}
    partial = [name for name, figure in figures.items() if not figure.whole and figure.known is not None]
    never = [name for name, figure in figures.items() if not figure.whole and figure.known is None]
    if partial:
        message = f"Not all of {', '.join(partial)} is known in {question.currency}; `known` has what is."
        yield WarningCode.PARTIAL_METRIC, message, report, {"metrics": partial}
    if never:
        message = f"Nothing in this range reports {', '.join(never)}."
        yield WarningCode.NOT_REPORTED, message, report, {"metrics": never}


def _due(total: Whole) -> Sequence[Sum]:
    """What a platform reports wherever there are figures at all; what is tracked once there was any."""
    seen = [metric for metric in SEEN if metric.name in total.sums]
    return [*REPORTED, *seen] if total.standings else seen


def _about_origins(plan: Plan, found: Sequence[Found]) -> Told:
    platforms = sorted({row.platform for row in found if row.standing == OVERLAPPED})
    if platforms:
        message = (
            f"For {', '.join(platforms)} there are metric events on days that the platform reported; "
            "the report counts. `origin=events` shows the others."
        )
        yield WarningCode.TWO_ORIGINS, message, EVENTS, {"platforms": platforms}


def _about_whole_days(plan: Plan, found: Sequence[Found]) -> Told:
    platforms = sorted({row.platform for row in found if row.standing == UNSPLIT})
    if platforms:
        message = f"Some days of {', '.join(platforms)} are told as a whole only, not as it was asked."
        yield WarningCode.BREAKDOWN_UNAVAILABLE, message, plan.source, {"platforms": platforms}


def _about_the_report(plan: Plan, found: Sequence[Found]) -> Told:
    assert plan.report is not None
    if plan.untold:
        message = f"The platform reports nothing by {' and '.join(plan.untold)}."
        yield WarningCode.BREAKDOWN_UNAVAILABLE, message, plan.source, {}
    if len(plan.report.dimensions) > 1:
        message = "This report need not add up to the one without a breakdown."
        yield WarningCode.REPORT_DIFFERS, message, plan.source, {}
    if any(row.other_days for row in found):
        message = f"Days of the ad account stay as they are; they are not days of {plan.timezone}."
        yield WarningCode.ACCOUNT_DAY_KEPT, message, plan.source, {}
