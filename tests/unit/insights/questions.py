"""Questions, plans and rows of the engine's answer, with all that a test does not care about filled in."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from api.problems import Problem
from insights.query.freshness import Freshness
from insights.query.parse import parse
from insights.query.plan import Plan, plan
from insights.query.question import Question, Subject
from insights.query.sql import Found
from runtime.options import Insights

NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)  # a Friday; in Berlin, Saturday is half an hour away
WORKSPACE = UUID("5a0c2f0e-9f5e-4a55-8d8e-1c2b3a4d5e6f")
CAMPAIGN = UUID("0b8f6b1c-7a52-4b4f-9f0b-2f3f0d3f8a11")
SUBJECT = Subject(WORKSPACE, (CAMPAIGN,), "UTC", "EUR")


def question(subject: Subject = SUBJECT, now: datetime = NOW, **given: str) -> Question:
    return parse({name: [value] for name, value in given.items()}, subject, now)


def planned(**given: str) -> Plan:
    return plan(question(**given))


def refused(**given: str) -> dict[str, str]:
    """Field to code."""
    try:
        plan(question(**given))
    except Problem as problem:
        return {error["field"]: error["code"] for error in problem.errors}
    return {}


def at(year: int, month: int, day: int, hour: int = 0) -> int:
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp())


def found(begins: int, standing: str = "events", **told: Any) -> Found:
    row = dict.fromkeys(Found._fields) | {"platform": "meta", "region": "", "device": ""}
    quiet = {"foreign_spend": False, "foreign_revenue": False, "other_days": False}
    return Found(**row | quiet | {"standing": standing, "begins": begins} | told)


def freshness(**changes: Any) -> Freshness:
    """Events came a second ago and are all there."""
    second = timedelta(seconds=1)
    fields = {
        "now": NOW,
        "data_through": NOW - second,
        "last_received": {"events": NOW - second},
        "unsettled": frozenset(),
        "tracked": False,
        "rules": Insights(delayed_seconds=60, lateness_days=3, restatement_days=28),
    }
    return Freshness(**fields | changes)
