"""Random facts and random questions in many zones, around clock changes: the answer is the oracle's."""

from datetime import date
from random import Random
from typing import Any

import pytest

from campaigns.models import Campaign
from tests import people
from tests.integration.insights.query.oracle import Row, expected, random_facts, random_question
from tests.integration.insights.query.rollup_rows import asked, campaign_of, codes, put, quarter
from tests.people import Person

pytestmark = pytest.mark.django_db

DAYS, QUESTIONS = 12, 25


def stored(campaign: Campaign, facts: list[Row]) -> None:
    """Two facts of one key are one row of the rollup, so here each has its own."""
    keys = ("at", "source", "platform", "region", "device", "currency")
    unique = {tuple(fact[name] for name in keys): fact for fact in facts}
    facts[:] = unique.values()
    put(*(quarter(campaign, **fact) for fact in facts))


@pytest.mark.parametrize(
    ("timezone", "first"),
    [
        ("UTC", date(2026, 11, 1)),
        ("Asia/Kolkata", date(2026, 11, 1)),
        ("Asia/Kathmandu", date(2026, 2, 25)),
        ("America/St_Johns", date(2026, 10, 27)),  # back on November 1
        ("America/St_Johns", date(2026, 3, 4)),  # forward on March 8
        ("Europe/Berlin", date(2026, 3, 24)),  # forward on March 29
        ("Europe/Berlin", date(2026, 10, 20)),  # back on October 25
    ],
)
def test_every_answer_is_the_oracles(timezone: str, first: date) -> None:
    random = Random(f"{timezone} {first}")
    owner = people.owner()
    campaign = campaign_of(owner)
    facts = random_facts(random, first, DAYS)
    stored(campaign, facts)
    for _ in range(QUESTIONS):
        compare(owner, campaign, facts, random_question(random, timezone, first, DAYS))


def compare(owner: Person, campaign: Campaign, facts: list[Row], question: Any) -> None:
    given = {name: value for name, value in question.parameters().items() if value}
    body = asked(owner, campaign, **given)
    rows, totals, overlap = expected(facts, question)
    told = [{name: value for name, value in row.items() if name != "is_final"} for row in body["rows"]]
    assert told == rows, question
    assert body["totals"] == totals, question
    assert ("two_origins" in codes(body)) == overlap
