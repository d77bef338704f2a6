"""Plan: what has to be read to answer a question, in instants and names of sources."""

from datetime import date
from typing import Self
from uuid import UUID

from msgspec import Struct, structs

from api.problems import field_problem
from insights.query.buckets import Bucket, Day, buckets_of, days_of
from insights.query.question import DIMENSIONS, Granularity, Origin, Question, Subject
from insights.query.reports import PLAIN, Report, report_for
from insights.sources import EVENTS

MOST_ROWS = 100_000
MOST_BUCKETS = 9_000  # a year of hours; they travel within the statement


class Plan(Struct, frozen=True, kw_only=True):
    """`filters` name only what every source can tell; `untold` is what the report cannot.

    `report` is None where only events were asked for, `events` is False where only the report was. Where
    `plain` tells of a day and `report` does not, the platform has figures, but not as they were asked for.
    """

    subject: Subject
    buckets: list[Bucket]
    days: list[Day]
    report: Report | None
    plain: Report | None
    events: bool
    dimensions: tuple[str, ...]
    filters: dict[str, tuple[str, ...]]
    untold: tuple[str, ...]
    timezone: str
    currency: str
    most_rows: int

    def without_reports(self) -> Self:
        """For whom no platform ever reported on: a quarter of the work."""
        return structs.replace(self, report=None, plain=None)

    @property
    def begins(self) -> int:
        return self.days[0].begins

    @property
    def ends(self) -> int:
        return self.days[-1].begins

    @property
    def workspace_id(self) -> UUID:
        return self.subject.workspace_id

    @property
    def first_and_last(self) -> tuple[date, date]:
        return self.days[0].date, self.days[-2].date

    @property
    def is_filtered_by_untold(self) -> bool:
        return not set(self.untold).isdisjoint(self.filters)

    @property
    def source(self) -> str:
        """How the answer names where its platform figures come from."""
        return self.report.name if self.report else EVENTS


def plan(question: Question) -> Plan:
    """Raises Problem for more buckets than one answer may have, and for none: Samoa once left out a day."""
    report = report_for(question.granularity, question.dimensions)
    _check_size(question)
    days = days_of(question.start_date, question.end_date, question.timezone)
    if days[0].begins == days[-1].begins:
        raise field_problem("start_date", "no_such_day", f"{question.timezone} had no such day.")
    return Plan(
        subject=question.subject,
        buckets=buckets_of(days, question.granularity, question.timezone),
        days=days,
        report=None if question.origin is Origin.EVENTS else report,
        plain=PLAIN if question.origin is not Origin.EVENTS and report is not PLAIN else None,
        events=question.origin is not Origin.REPORT,
        dimensions=tuple(name for name in DIMENSIONS if name == "platform" or name in question.breakdown),
        filters=question.filters,
        untold=tuple(name for name in question.dimensions if name not in report.dimensions),
        timezone=question.timezone,
        currency=question.currency,
        most_rows=MOST_ROWS,
    )


def _check_size(question: Question) -> None:
    days = (question.end_date - question.start_date).days + 1
    if days * (24 if question.granularity is Granularity.HOUR else 1) > MOST_BUCKETS:
        message = f"The range has more than {MOST_BUCKETS} days or hours. Ask for a shorter one."
        raise field_problem("start_date", "range_too_long", message)
