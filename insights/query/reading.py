"""Run: the only stage that asks the stores. Freshness is read first, so that it never claims too much."""

from datetime import datetime, timedelta

from insights.query.freshness import Freshness
from insights.query.freshness_sql import RECEIVED, UNSETTLED, freshness_statement
from insights.query.plan import Plan
from insights.query.question import Question
from insights.query.rows import too_many_rows
from insights.query.sql import Found, Statement, statement
from insights.rollups.progress import data_through_of
from insights.sources import TRACKED
from runtime.config import configuration
from warehouse.client import reader

FEATURE = "insights"


def read_freshness(question: Question, plan: Plan) -> Freshness:
    """Raises WarehouseUnavailable."""
    rules = configuration().insights
    through = data_through_of(question.subject.campaign_ids)
    window = timedelta(days=min(rules.lateness_days, rules.restatement_days))
    received, unsettled, tracked = _answers_about(freshness_statement(plan, question.now - window))
    return Freshness(
        now=question.now,
        data_through=through,
        last_received=received,
        unsettled=unsettled,
        tracked=tracked,
        rules=rules,
    )


def _answers_about(statement: Statement) -> tuple[dict[str, datetime], frozenset[int], bool]:
    told: dict[str, dict[str, datetime]] = {RECEIVED: {}, UNSETTLED: {}, TRACKED: {}}
    for about, name, at in reader().rows(*statement, feature=FEATURE):
        told[about][name] = at
    return told[RECEIVED], frozenset(int(begins) for begins in told[UNSETTLED]), bool(told[TRACKED])


def read_figures(plan: Plan, freshness: Freshness) -> list[Found]:
    """Raises WarehouseUnavailable, or Problem if the answer had too many rows."""
    asked = statement(plan if freshness.reported else plan.without_reports(), freshness.data_through)
    found = [Found(*row) for row in reader().rows(*asked, feature=FEATURE)]
    if len(found) > plan.most_rows:
        raise too_many_rows(plan.most_rows)
    return found
