"""A question from its parameters to its answer, stage by stage."""

from datetime import UTC, datetime

from insights.query.answer import Body, answer, source_of
from insights.query.parse import Given, parse
from insights.query.plan import plan
from insights.query.question import Subject
from insights.query.reading import read_figures, read_freshness, with_receipts


def ask(given: Given, subject: Subject, now: datetime | None = None) -> Body:
    """Raises Problem for what cannot be asked, WarehouseUnavailable for what cannot be answered now."""
    question = parse(given, subject, now or datetime.now(UTC))
    planned = plan(question)
    freshness = read_freshness(question, planned)
    found = read_figures(planned)
    return answer(question, planned, found, with_receipts(freshness, planned, source_of(planned, found)))
