"""What platforms report: the newest snapshot of each bucket counts, whole and alone."""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from insights.rollups.recompute import recompute
from tests.integration.insights import oracle
from tests.integration.insights.conftest import new_campaign
from tests.integration.insights.raw import Figures, Raw, Row

BERLIN = "Europe/Berlin"
# Berlin's wall clock, and the instants at which its hour and its day begin.
HOUR = datetime(2026, 11, 1, 10, tzinfo=UTC)
HOUR_STARTS = HOUR - timedelta(hours=1)
DAY = datetime(2026, 11, 1, tzinfo=UTC)
DAY_STARTS = DAY - timedelta(hours=1)


def put_hour(raw: Raw, sequence: int, slices: dict[str, Row], **changes: object) -> None:
    raw.put_snapshot("hour", sequence, HOUR_STARTS, slices, bucket=HOUR, **changes)  # type: ignore[arg-type]


def put_day(raw: Raw, sequence: int, slices: dict[str, Row], **changes: object) -> None:
    place = {"starts_at": DAY_STARTS, "bucket": DAY} | changes
    raw.put_snapshot("day_country", sequence, slices=slices, **place)  # type: ignore[arg-type]


def recompute_both(raw: Raw) -> None:
    """As their marks ask for it."""
    recompute(
        [
            raw.target("hour", HOUR_STARTS, HOUR_STARTS + timedelta(minutes=1)),
            raw.target("day_country", DAY_STARTS, DAY_STARTS + timedelta(minutes=1)),
        ]
    )


def assert_right(raw: Raw) -> None:
    assert raw.standing("rollup_15min") == oracle.by_quarter_hour(raw)
    assert raw.standing("rollup_day", "timezone, bucket") == oracle.by_day(raw, BERLIN)


def money(amount: str) -> Row:
    return {"spend": Decimal(amount), "currency": "EUR", "clicks": 1}


def test_an_hour_stands_where_it_begins_and_in_its_day_and_a_day_only_in_days(raw: Raw) -> None:
    put_hour(raw, 1, {"DE": money("1.5"), "FR": {"clicks": 2}})
    put_day(raw, 1, {"DE": money("30")})
    recompute_both(raw)
    assert raw.standing("rollup_minute") == {}
    assert raw.standing("rollup_15min") == {
        (HOUR_STARTS, "hour", "meta", "DE", "", "EUR"): Figures(clicks=1, spend=Decimal("1.5")),
        (HOUR_STARTS, "hour", "meta", "FR", "", ""): Figures(clicks=2),
    }
    assert raw.standing("rollup_day")[DAY.date(), "day_country", "meta", "DE", "", "EUR"].spend == 30
    assert_right(raw)


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))), ids=str)
def test_a_restated_snapshot_replaces_in_any_order_and_what_it_dropped_vanishes(
    raw: Raw, order: tuple[int, ...]
) -> None:
    told = {
        1: {"DE": money("1"), "FR": money("2")},
        2: {"DE": money("1.1"), "US": money("9")},
        3: {"DE": money("0"), "IT": {"clicks": 0}},
    }
    for sequence in order:
        put_hour(raw, sequence, told[sequence])
        put_day(raw, sequence, told[sequence])
        recompute_both(raw)
        assert_right(raw)
    assert {key[3] for key in raw.standing("rollup_day")} == {"DE", "IT"}


def test_slices_whose_snapshot_is_not_there_yet_take_no_figure_away(raw: Raw) -> None:
    told = {
        1: {"DE": money("1"), "FR": money("2"), "US": money("7")},
        2: {"DE": money("1.1"), "IT": money("9"), "US": money("7")},
        3: {"DE": money("1.2")},
    }
    put_hour(raw, 1, told[1])
    put_day(raw, 1, told[1])
    recompute_both(raw)
    for sequence in (2, 3, 2):
        put_hour(raw, sequence, told[sequence], is_whole=False)
        put_day(raw, sequence, told[sequence], is_whole=False)
        recompute_both(raw)
        assert_right(raw)
        assert {key[3] for key in raw.standing("rollup_day")} == {"DE", "FR", "US"}
    put_hour(raw, 2, told[2])
    put_day(raw, 2, told[2])
    recompute_both(raw)
    assert_right(raw)
    assert {key[3] for key in raw.standing("rollup_day")} == {"DE", "IT", "US"}


def test_slices_of_a_first_snapshot_that_is_not_there_yet_are_no_figures(raw: Raw) -> None:
    put_hour(raw, 1, {"DE": money("1")}, is_whole=False)
    put_day(raw, 1, {"DE": money("1")}, is_whole=False)
    recompute_both(raw)
    assert raw.standing("rollup_15min") == raw.standing("rollup_day") == {}


def test_an_empty_snapshot_leaves_nothing(raw: Raw) -> None:
    put_hour(raw, 1, {"DE": money("1")})
    put_day(raw, 1, {"DE": money("1")})
    recompute_both(raw)
    put_hour(raw, 2, {})
    put_day(raw, 2, {})
    recompute_both(raw)
    assert raw.standing("rollup_15min") == raw.standing("rollup_day") == {}


def test_the_ad_accounts_of_a_campaign_add_up(raw: Raw) -> None:
    for account in ("act_1", "act_2"):
        put_hour(raw, 1, {"DE": money("1.5")}, account=account)
        put_day(raw, 1, {"DE": money("1.5")}, account=account)
    recompute_both(raw)
    assert {figures.spend for figures in raw.standing("rollup_day").values()} == {3}
    assert_right(raw)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])  # 14 hours ahead, 11 behind
def test_a_day_is_the_account_s_own(raw: Raw, zone: str) -> None:
    offset = timedelta(hours=14 if zone.endswith("Kiritimati") else -11)
    put_day(raw, 1, {"DE": money("3")}, timezone=zone, starts_at=DAY - offset)
    recompute([raw.target("day_country", DAY - offset, DAY - offset + timedelta(minutes=1))])
    assert list(raw.standing("rollup_day", "timezone, bucket")) == [
        (zone, DAY.date(), "day_country", "meta", "DE", "", "EUR")
    ]


def test_an_account_that_moves_to_another_zone_is_not_counted_twice(raw: Raw) -> None:
    put_hour(raw, 1, {"DE": money("3")})
    put_day(raw, 1, {"DE": money("3")})
    recompute_both(raw)
    put_hour(raw, 2, {"DE": money("3")}, timezone="UTC")
    raw.put_snapshot("hour", 2, HOUR, {"DE": money("4")}, bucket=HOUR, timezone="UTC")
    put_day(raw, 2, {"DE": money("4")}, timezone="UTC", starts_at=DAY)
    recompute(
        [
            raw.target("hour", HOUR, HOUR + timedelta(minutes=1)),
            raw.target("day_country", DAY, DAY + timedelta(minutes=1)),
        ]
    )
    assert [key[0] for key in raw.standing("rollup_15min")] == [HOUR]
    assert_right(raw)


def test_figures_move_with_the_campaign_that_an_account_is_linked_to(raw: Raw) -> None:
    other = new_campaign(BERLIN)
    put_hour(raw, 1, {"DE": money("3")})
    put_day(raw, 1, {"DE": money("3")})
    recompute_both(raw)
    put_hour(raw, 2, {"DE": money("4")}, campaign_id=other.id)
    put_day(raw, 2, {"DE": money("4")}, campaign_id=other.id)
    now_theirs = raw.target("day_country", DAY_STARTS, DAY_STARTS + timedelta(minutes=1))
    recompute(
        [
            now_theirs._replace(campaign_id=other.id),
            now_theirs._replace(
                campaign_id=other.id,
                source="hour",
                first=HOUR_STARTS,
                last=HOUR_STARTS + timedelta(minutes=1),
            ),
        ]
    )
    for table in ("rollup_15min", "rollup_day"):
        assert raw.standing(table) == {}
        assert {figures.spend for figures in raw.standing(table, campaign_id=other.id).values()} == {4}


def test_a_day_far_ahead_stands_right_wherever_the_server_thinks_it_is(
    raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """UTC is said to be the zone of every statement, and no statement of a recompute relies on it."""
    monkeypatch.setitem(raw.writer._settings, "session_timezone", "America/Los_Angeles")
    starts_at = DAY - timedelta(hours=14)
    put_day(raw, 1, {"DE": money("30")}, starts_at=starts_at, timezone="Pacific/Kiritimati")
    recompute([raw.target("day_country", starts_at, starts_at + timedelta(minutes=1))])
    assert raw.standing("rollup_day", "timezone, bucket") == oracle.by_day(raw)
