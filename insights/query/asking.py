"""A question from its parameters to its answer, stage by stage."""

from datetime import UTC, datetime

from insights.query.answer import Body, answer
from insights.query.parse import Given, parse
from insights.query.plan import plan
from insights.query.question import Subject
from insights.query.reading import read_figures, read_freshness


def ask(given: Given, subject: Subject, now: datetime | None = None) -> Body:
    """Raises Problem for what cannot be asked, WarehouseUnavailable for what cannot be answered now."""
    question = parse(given, subject, now or datetime.now(UTC))
    planned = plan(question)
    freshness = read_freshness(question, planned)
    return answer(question, planned, read_figures(planned, freshness), freshness)
