"""rollup = f(raw rows), whatever was delivered, how often and in which order."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from insights.rollups.recompute import parameters_of, recompute, steps_of
from insights.rollups.targets import Target
from tests.integration.insights import oracle
from tests.integration.insights.raw import Figures, Raw, Row
from warehouse.errors import WarehouseUnavailable

LONG_AGO = datetime(2026, 3, 28, tzinfo=UTC)  # Berlin's clocks go forward on the 29th
BERLIN = "Europe/Berlin"


def assert_right(raw: Raw, *, minutes: bool) -> None:
    """Every level that is kept up holds what the oracle says, no more and no less."""
    if minutes:
        assert raw.standing("rollup_minute") == oracle.by_minute(raw)
    assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)
    assert raw.standing("rollup_day", "timezone, bucket") == oracle.by_day(raw, BERLIN)


def some_facts(raw: Raw, random: Random, first: datetime, hours: int) -> list[tuple[str, Row]]:
    """Events and interactions, some of which are sent again with another payload."""
    found = []
    for number in range(150):
        at = first + timedelta(milliseconds=random.randrange(hours * 3_600_000))
        for attempt in range(random.choice((1, 1, 1, 2, 3))):
            if random.random() < 0.6:
                found.append(("event", raw.event(f"e{number}", at, after=attempt + 1, **increment(random))))
            else:
                found.append(("visit", raw.interaction(f"i{number}", at, after=attempt + 1, **visit(random))))
    return found


def increment(random: Random) -> Row:
    spend = random.choice((None, Decimal(random.randrange(10**7)) / 10**6))
    return {
        "region": random.choice(("", "DE", "FR")),
        "device": random.choice(("", "mobile")),
        "clicks": random.choice((None, 0, random.randrange(9))),
        "impressions": random.choice((None, random.randrange(1000))),
        "conversions": random.choice((None, Decimal("0.5"))),
        "spend": spend,
        "currency": "" if spend is None else random.choice(("EUR", "USD")),
    }


def visit(random: Random) -> Row:
    kind = random.choice(("click", "conversion", "impression"))
    value = Decimal("12.345678") if kind == "conversion" and random.random() < 0.7 else None
    return {
        "kind": kind,
        "region": random.choice(("", "DE")),
        "value": value,
        "currency": (value and "EUR") or "",
    }


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("age", ["today", "long ago"])
def test_any_order_batching_and_repetition_makes_the_same_rollups(
    raw: Raw, today: datetime, seed: int, age: str
) -> None:
    random = Random(seed)
    first, hours = (today, 5) if age == "today" else (LONG_AGO, 72)
    facts = some_facts(raw, random, first, hours)
    delivered = facts + random.sample(facts, 60)
    random.shuffle(delivered)
    whole = [raw.target(source, first, first + timedelta(hours=hours)) for source in ("events", "tracked")]
    while delivered:
        batch, delivered = delivered[:40], delivered[40:]
        raw.put_events(*(row for kind, row in batch if kind == "event"))
        raw.put_interactions(*(row for kind, row in batch if kind == "visit"))
        recompute(whole)
        assert_right(raw, minutes=age == "today")


def test_twice_is_once(raw: Raw, today: datetime) -> None:
    raw.put_events(raw.event("e1", today, clicks=3, spend=Decimal("0.25"), currency="EUR"))
    for _ in range(2):
        recompute([raw.target("events", today, today + timedelta(minutes=1))])
        assert_right(raw, minutes=True)


def test_a_key_that_nothing_tells_of_any_more_vanishes_at_every_level(raw: Raw, today: datetime) -> None:
    target = raw.target("events", today, today + timedelta(minutes=1))
    raw.put_events(raw.event("e1", today, clicks=3, region="DE"))
    recompute([target])
    raw.put_events(raw.event("e1", today, clicks=3, region="FR", after=2))
    recompute([target])
    assert {key[3] for key in raw.standing("rollup_day")} == {"FR"}
    assert_right(raw, minutes=True)


def test_a_metric_that_nothing_told_is_null_and_a_zero_is_zero(raw: Raw, today: datetime) -> None:
    raw.put_events(raw.event("e1", today, clicks=0), raw.event("e2", today))
    recompute([raw.target("events", today, today + timedelta(minutes=1))])
    assert list(raw.standing("rollup_day").values()) == [Figures(clicks=0)]


def test_a_currency_without_money_makes_no_row_of_its_own(raw: Raw, today: datetime) -> None:
    raw.put_events(raw.event("e1", today, clicks=1, currency="USD"), raw.event("e2", today, clicks=1))
    recompute([raw.target("events", today, today + timedelta(minutes=1))])
    assert list(raw.standing("rollup_15min").values()) == [Figures(clicks=2)]


def test_nobody_else_is_touched(raw: Raw, today: datetime) -> None:
    """Neither the next minute nor the next quarter of an hour: what was not asked for is not paid for."""
    for number, minutes in enumerate((0, 2, 30)):
        raw.put_events(raw.event(f"e{number}", today + timedelta(minutes=minutes), clicks=1))
    recompute([raw.target("events", today, today + timedelta(minutes=2))])
    for table in ("rollup_minute", "rollup_15min"):
        assert raw.standing(table) == {(today, "events", "meta", "", "", ""): Figures(clicks=1)}
    recompute([raw.target("events", today, today + timedelta(minutes=16))])
    assert len(raw.standing("rollup_15min")) == 1


@pytest.mark.parametrize("milliseconds", [1, 999, 1_000, 60_000])
@pytest.mark.parametrize("age", ["today", "long ago"])
def test_what_lies_alone_in_its_part_counts_however_near_to_the_end(
    raw: Raw, today: datetime, milliseconds: int, age: str
) -> None:
    first, minutes = (today, 1) if age == "today" else (LONG_AGO, 15)
    last = first + timedelta(minutes=minutes)
    at = last - timedelta(milliseconds=milliseconds)
    raw.put_events(raw.event("e1", at, clicks=1))
    raw.put_interactions(raw.interaction("i1", at))
    recompute(raw.target(source, first, last) for source in ("events", "tracked"))
    assert_right(raw, minutes=age == "today")


def test_a_part_that_begins_just_before_the_end_counts_up_to_it(raw: Raw, today: datetime) -> None:
    last = today + timedelta(minutes=1)
    before = last - timedelta(milliseconds=1)
    raw.put_events(raw.event("e1", before, clicks=1), raw.event("e2", last, clicks=1))
    recompute([raw.target("events", today, last)])
    assert raw.standing("rollup_minute") == {(today, "events", "meta", "", "", ""): Figures(clicks=1)}


def test_a_target_is_in_whole_minutes(raw: Raw, today: datetime) -> None:
    with pytest.raises(ValueError, match="whole minute"):
        recompute([raw.target("events", today, today + timedelta(seconds=90))])
    with pytest.raises(ValueError, match="no stretch"):
        recompute([raw.target("events", today, today)])


def rows_read(raw: Raw, target: Target) -> int:
    """By the statement that makes the minutes of a target."""
    step = next(steps_of([target], datetime.now(UTC)))
    with raw.writer._pool.connection() as connection:
        connection.execute(step.sql, parameters_of(step, 60))
        read: int = connection.last_query.progress.rows
    return read


def test_what_is_not_asked_for_is_not_read(raw: Raw, today: datetime) -> None:
    """Clicks of a campaign do not cost its metric events a look at each."""
    raw.put_events(raw.event("e1", today, clicks=1))
    raw.put_interactions(*(raw.interaction(f"i{number}", today) for number in range(3000)))
    ends = today + timedelta(minutes=1)
    assert rows_read(raw, raw.target("events", today, ends)) < 3000
    assert rows_read(raw, raw.target("tracked", today, ends)) >= 3000


def test_a_clock_that_went_back_loses_no_recompute_to_what_stands(raw: Raw, today: datetime) -> None:
    raw.put_events(raw.event("e1", today, clicks=1))
    recompute_around(raw, today)
    for table, zone in (("rollup_minute", ""), ("rollup_15min", ""), ("rollup_day", "timezone, ")):
        key = f"workspace_id, campaign_id, {zone}bucket, source, platform, region, device, currency"
        raw.writer.run(
            f"INSERT INTO {table} ({key}, clicks, version) SELECT {key}, clicks, version + 3600000000"
            f" FROM {table} FINAL WHERE campaign_id = %(campaign)s",
            {"campaign": raw.campaign_id},
            feature="test",
        )
    raw.put_events(raw.event("e2", today, clicks=2))
    recompute_around(raw, today)
    assert_right(raw, minutes=True)


def recompute_around(raw: Raw, at: datetime) -> None:
    recompute([raw.target("events", at, at + timedelta(minutes=1))])


def test_a_recompute_whose_time_is_over_begins_no_further_statement(
    raw: Raw, today: datetime, options: Any
) -> None:
    options(statement_seconds=0)
    raw.put_events(raw.event("e1", today, clicks=1))
    with pytest.raises(WarehouseUnavailable):
        recompute_around(raw, today)
    assert raw.standing("rollup_minute") == {}
