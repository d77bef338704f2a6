"""Simulated facts are believable, repeatable, and within what is usual on each platform."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
import pytest

from ingestion.events.sent import read_sent
from ingestion.sources.simulated.campaigns import Budget, Campaign
from ingestion.sources.simulated.facts import facts
from ingestion.sources.simulated.market import MARKETS
from ingestion.sources.simulated.stretches import HOUR, TICK, Piece, Stretch

MONDAY = datetime(2026, 10, 5, tzinfo=UTC)
WEEK = Stretch(MONDAY, MONDAY + timedelta(weeks=1), HOUR)
TWO_DAYS = Stretch(MONDAY, MONDAY + timedelta(days=2), HOUR)


def campaign(**fields: Any) -> Campaign:
    told: dict[str, Any] = {
        "id": "00000000-0000-0000-0000-000000000001",
        "reference": "cmp-1",
        "platform": "meta",
        "currency": "EUR",
        "objective": "conversions",
        "budget": Budget(Decimal(100), "EUR", "daily"),
    }
    return Campaign(**told | fields)


@cache
def told(stretch: Stretch = WEEK, seed: int = 1, **fields: Any) -> list[dict[str, Any]]:
    return [fact for piece in stretch.pieces() for fact in facts(seed, campaign(**fields), piece)]


def metrics(bodies: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [body for body in bodies if body["kind"] == "metric"]


def total(bodies: Iterable[dict[str, Any]], figure: str) -> float:
    return sum(float(body[figure]) for body in metrics(bodies))


def by(bodies: Iterable[dict[str, Any]], part: slice) -> Counter[str]:
    """Impressions by a part of their time."""
    counts: Counter[str] = Counter()
    for body in metrics(bodies):
        counts[body["occurred_at"][part]] += body["impressions"]
    return counts


def test_the_same_seed_tells_the_same() -> None:
    assert told(TWO_DAYS) == told.__wrapped__(TWO_DAYS)
    assert told(TWO_DAYS) != told(TWO_DAYS, seed=2)


def test_no_two_facts_have_one_identity() -> None:
    identities = Counter((body["kind"], body["occurred_at"], body["event_id"]) for body in told())
    assert max(identities.values()) == 1


def test_the_door_can_read_every_fact() -> None:
    bodies = told(TWO_DAYS)
    assert {body["kind"] for body in bodies} == {"metric", "click", "conversion"}
    for body in bodies:
        read_sent(msgspec.json.encode(body))


@pytest.mark.parametrize("platform", MARKETS)
def test_rates_and_prices_are_usual_for_the_platform(platform: str) -> None:
    market = MARKETS[platform]
    enough = Budget(Decimal(market.click_price.high * 500), "EUR", "daily")
    bodies = told(TWO_DAYS, platform=platform, budget=enough)
    clicks = total(bodies, "clicks")
    assert market.click_rate.low * 0.9 < clicks / total(bodies, "impressions") < market.click_rate.high * 1.1
    assert market.click_price.low * 0.95 < total(bodies, "spend") / clicks < market.click_price.high * 1.05
    rate = total(bodies, "conversions") / clicks
    assert market.conversion_rate.low * 0.7 < rate < market.conversion_rate.high * 1.3


@pytest.mark.parametrize(
    ("budget", "objective"),
    [
        (Budget(Decimal(60), "EUR", "daily"), "conversions"),
        (Budget(Decimal(420), "EUR", "weekly"), "leads"),
        (Budget(Decimal(1800), "EUR", "monthly"), "awareness"),
        (Budget(Decimal(1800), "EUR", "lifetime"), "traffic"),
    ],
)
def test_spend_comes_near_to_the_budget(budget: Budget, objective: str) -> None:
    runs = {"start_date": MONDAY.date(), "end_date": MONDAY.date() + timedelta(days=29)}
    assert 0.85 < total(told(budget=budget, objective=objective, **runs), "spend") / (60 * 7) < 1.1


def test_a_campaign_for_awareness_buys_impressions_and_gets_few_clicks() -> None:
    aware, selling = told(objective="awareness"), told()
    assert total(aware, "impressions") > total(selling, "impressions")
    assert total(aware, "clicks") < total(selling, "clicks")


def test_nobody_clicks_what_was_not_shown_nor_buys_without_a_click() -> None:
    for body in metrics(told()):
        assert body["impressions"] >= body["clicks"] >= body["conversions"]
        assert (float(body["revenue"]) > 0) == (body["conversions"] > 0)


def test_nights_are_quiet() -> None:
    hours = by(told(TWO_DAYS, timezone="UTC"), slice(11, 13))
    assert hours["03"] * 5 < hours["20"]


def test_days_begin_where_the_campaign_is() -> None:
    hours = by(told(TWO_DAYS, timezone="America/New_York"), slice(11, 13))
    assert hours["08"] * 4 < hours["23"]  # four at night, and seven in the evening


def test_weekends_are_for_shopping_and_not_for_offices() -> None:
    weekday, weekend = "2026-10-07", "2026-10-10"
    shop, office = by(told(), slice(10)), by(told(platform="linkedin"), slice(10))
    assert shop[weekend] > shop[weekday]
    assert office[weekend] * 2 < office[weekday]


def test_the_year_has_a_season() -> None:
    summer = Stretch(datetime(2026, 6, 8, tzinfo=UTC), datetime(2026, 6, 10, tzinfo=UTC), HOUR)
    winter = Stretch(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC), HOUR)
    assert total(told(winter), "spend") > 1.1 * total(told(summer), "spend")


def test_a_larger_budget_reaches_more_people() -> None:
    small = told(budget=Budget(Decimal(10), "EUR", "daily"))
    assert total(told(), "impressions") > 7 * total(small, "impressions")


def test_nothing_happens_before_the_first_day_and_after_the_last() -> None:
    bodies = told(start_date=date(2026, 10, 8), end_date=date(2026, 10, 9), timezone="Europe/Berlin")
    assert {body["occurred_at"][:13] for body in bodies} <= {
        *(f"2026-10-07T{hour}" for hour in (22, 23)),
        *(f"2026-10-08T{hour:02}" for hour in range(24)),
        *(f"2026-10-09T{hour:02}" for hour in range(22)),
    }
    assert bodies


def test_ticks_add_up_to_about_what_their_hour_is_told_as() -> None:
    hour = MONDAY + timedelta(hours=12)
    rich = {"budget": Budget(Decimal(20_000), "EUR", "daily")}
    whole = told(Stretch(hour, hour + timedelta(minutes=10), HOUR), **rich)
    ticks = told(Stretch(hour, hour + timedelta(minutes=10), TICK), **rich)
    assert total(ticks, "impressions") == pytest.approx(total(whole, "impressions"), rel=0.05)


def test_tracked_clicks_are_most_of_the_clicks_and_happen_within_their_piece() -> None:
    piece = Piece(MONDAY + timedelta(hours=19, minutes=7), MONDAY + timedelta(hours=19, minutes=20))
    bodies = list(facts(1, campaign(budget=Budget(Decimal(50_000), "EUR", "daily")), piece))
    clicks = [body for body in bodies if body["kind"] == "click"]
    assert 0.75 < len(clicks) / total(bodies, "clicks") < 0.95
    times = {datetime.fromisoformat(body["occurred_at"]) for body in clicks}
    assert piece.first <= min(times) < max(times) < piece.last
    assert len(times) > 100


def test_history_touches_few_minutes_of_an_hour() -> None:
    rich = {"budget": Budget(Decimal(50_000), "EUR", "daily")}
    bodies = told(Stretch(MONDAY, MONDAY + timedelta(hours=1), HOUR), **rich)
    assert {body["occurred_at"][11:16] for body in bodies} == {"00:00", "00:15", "00:30", "00:45"}


def test_most_conversions_have_a_click_of_the_same_visitor() -> None:
    bodies = told(TWO_DAYS, budget=Budget(Decimal(400), "EUR", "daily"))
    clicked = {body["user_id"] for body in bodies if body["kind"] == "click"}
    bought = [body["user_id"] for body in bodies if body["kind"] == "conversion"]
    assert sum(visitor in clicked for visitor in bought) > len(bought) / 2
