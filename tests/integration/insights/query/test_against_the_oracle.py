"""Random facts and random questions in many zones, around clock changes: the answer is the oracle's."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from campaigns.models import Campaign
from insights.rollups.recompute import recompute
from tests import people
from tests.integration.insights import oracle as rollups
from tests.integration.insights.query.oracle import Row, expected, random_facts, random_question
from tests.integration.insights.query.rollup_rows import asked, campaign_of, codes, put, quarter_hour
from tests.integration.insights.raw import Raw
from tests.people import Person
from warehouse import client

pytestmark = pytest.mark.django_db

DAYS, QUESTIONS = 12, 15


def stored(campaign: Campaign, facts: list[Row]) -> None:
    """Two facts of one key are one row of the rollup, so here each has its own."""
    keys = ("at", "source", "platform", "region", "device", "currency")
    unique = {tuple(fact[name] for name in keys): fact for fact in facts}
    facts[:] = unique.values()
    put(*(quarter_hour(campaign, **fact) for fact in facts))


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


@pytest.mark.parametrize("timezone", ["Europe/Berlin", "Asia/Kathmandu"])
def test_from_raw_rows_through_the_rollups_to_the_answer(timezone: str) -> None:
    """With events sent again, and with what platforms reported and then restated."""
    random, first = Random(timezone), date(2026, 3, 24)
    owner = people.owner()
    campaign = campaign_of(owner, timezone=timezone)
    raw = Raw(client.writer(), campaign.workspace_id, campaign.id)
    delivered(raw, random, datetime(2026, 3, 24, tzinfo=UTC))
    begins, ends = datetime(2026, 3, 23, tzinfo=UTC), datetime(2026, 4, 7, tzinfo=UTC)
    recompute([raw.target(source, begins, ends) for source in ("events", "tracked", "hour")])
    facts = facts_of(raw)
    for _ in range(QUESTIONS):
        compare(owner, campaign, facts, random_question(random, timezone, first, DAYS))


def delivered(raw: Raw, random: Random, midnight: datetime) -> None:
    events, interactions = [], []
    for number in range(120):
        at = midnight + timedelta(milliseconds=random.randrange(DAYS * 86_400_000))
        for attempt in range(random.choice([1, 1, 2])):
            events.append(raw.event(f"e{number}", at, after=attempt + 1, **increment(random)))
        kind = random.choice(["click", "conversion"])
        interactions.append(raw.interaction(f"i{number}", at, kind=kind, value=Decimal(2), currency="EUR"))
    raw.put_events(*events)
    raw.put_interactions(*interactions)
    for number in range(6):
        hour = midnight + timedelta(hours=random.randrange(DAYS * 24))
        for sequence in (2 * number + 1, 2 * number + 2):
            raw.put_snapshot(
                "hour", sequence, hour, {"": {"clicks": random.randrange(99), "impressions": 100}}
            )


def increment(random: Random) -> Row:
    clicks = {"clicks": random.randrange(9), "region": random.choice(["", "DE"])}
    money = {
        "spend": Decimal(random.randrange(10**7)).scaleb(-6),
        "currency": random.choice(["EUR", "EUR", "USD"]),
    }
    return clicks | (money if random.random() < 0.5 else {})


def facts_of(raw: Raw) -> list[Row]:
    names = ("at", "source", "platform", "region", "device", "currency")
    by_quarter_hour = rollups.by_quarter_hour(raw).items()
    return [dict(zip(names, key, strict=True)) | figures._asdict() for key, figures in by_quarter_hour]
