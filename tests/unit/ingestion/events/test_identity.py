"""The same fact is the same row: in any order, any number of times, however its time is spelled."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.events.coding import encode, read_metric_event
from ingestion.events.envelope import Increment, MetricEvent
from ingestion.events.identity import Identity, identity_of, payload_hash, version_of, visitor_of
from tests.sent_events import NOW, accepted, accepted_click, accepted_metric, click, conversion, metric

repeatable = settings(derandomize=True)

INSTANTS = st.integers(1_704_067_200_000, 1_795_000_000_000).map(
    lambda milliseconds: datetime.fromtimestamp(milliseconds / 1000, UTC)
)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@repeatable
@given(INSTANTS, ZONES, st.sampled_from("Tt "), st.integers(0, 9))
def test_every_spelling_of_an_instant_gives_the_same_identity(
    instant: datetime, zone: timezone, separator: str, more_digits: int
) -> None:
    plain = instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    moved = instant.astimezone(zone).isoformat(separator, timespec="microseconds")
    finer = moved[:26] + str(more_digits) + moved[26:]

    spelled = {
        identity_of(accepted_metric(occurred_at=text)) for text in (plain, plain.lower(), moved, finer)
    }

    assert len(spelled) == 1


@repeatable
@given(INSTANTS, ZONES)
def test_an_id_that_is_derived_does_not_depend_on_the_spelling_of_the_time(
    instant: datetime, zone: timezone
) -> None:
    spelled = (instant.isoformat(timespec="milliseconds"), instant.astimezone(zone).isoformat())

    first, second = (accepted(conversion(conversion_date=text), tracking=True) for text in spelled)

    assert identity_of(first) == identity_of(second)


def standing(events: Iterable[MetricEvent]) -> dict[Identity, Increment]:
    """What remains of a pile of events, as the raw tables decide: of equal versions, whichever came last."""
    rows: dict[Identity, tuple[int, Increment]] = {}
    for event in events:
        version, _ = rows.get(identity_of(event), (0, None))
        if version_of(event) >= version:
            rows[identity_of(event)] = (version_of(event), event.payload)
    return {identity: payload for identity, (_, payload) in rows.items()}


@repeatable
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=8),
    st.integers(0, 2**32),
)
def test_any_order_and_any_repetition_leave_the_same_rows(
    facts: list[tuple[int, int, int]], order: int
) -> None:
    events = [
        accepted(
            metric(event_id=f"e-{name}", clicks=clicks), received_at=NOW + timedelta(microseconds=moment)
        )
        for name, clicks, moment in facts
    ]
    again = events * 2
    random.Random(order).shuffle(again)

    assert standing(again) == standing(events)


def test_fractions_of_a_millisecond_are_cut_and_never_rounded_up() -> None:
    event = accepted_metric(occurred_at="2026-11-19T23:59:59.999999999Z")
    assert event.occurred_at == datetime(2026, 11, 19, 23, 59, 59, 999000, tzinfo=UTC)


def test_workspace_campaign_kind_time_and_id_make_the_identity() -> None:
    assert identity_of(accepted_metric()) == Identity(
        UUID(int=1), UUID(int=2), "metric", 1795169700000, "e-1"
    )


def test_a_click_and_a_conversion_with_one_id_and_time_are_two_facts() -> None:
    first = accepted(click(event_id="x", click_id=None))
    second = accepted(conversion(event_id="x"))
    assert identity_of(first) != identity_of(second)


def test_the_one_received_last_has_the_larger_version() -> None:
    earlier = accepted(metric(), received_at=NOW)
    later = accepted(metric(), received_at=NOW + timedelta(microseconds=1))
    assert version_of(earlier) < version_of(later)


def test_the_hash_of_a_payload_is_the_same_in_every_process_and_for_ever() -> None:
    assert payload_hash(accepted_metric()) == 10726280989411093531


def test_the_hash_survives_the_log() -> None:
    event = accepted_metric(spend="0.000125", revenue=7, region="DE")
    assert payload_hash(read_metric_event(encode(event))) == payload_hash(event)


def test_another_payload_has_another_hash() -> None:
    hashes = {
        payload_hash(accepted_metric(**changed)) for changed in ({}, {"clicks": 4}, {"platform": "meta"})
    }
    assert len(hashes) == 3


def test_equal_amounts_in_different_spellings_are_one_payload() -> None:
    spellings: tuple[Any, ...] = ("12.5", "12.50", "12.500000", 12.5, "1.25e1")
    assert len({payload_hash(accepted_metric(spend=spelling)) for spelling in spellings}) == 1


def test_the_very_same_body_without_an_id_is_one_event() -> None:
    body = conversion()
    shuffled = dict(reversed(body.items()))
    assert accepted(body, tracking=True).event_id == accepted(shuffled, tracking=True).event_id


def test_a_body_that_differs_anywhere_is_another_event() -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"value": "12.51"},
        {"user_id": "bob@example.org"},
        {"source": "till"},
        {"type": "lead"},
        {"click_id": "c-9"},
        {"utm_source": "newsletter"},
        {"conversion_date": "2026-11-20T10:15:00.001Z"},
    ]
    ids = {accepted(conversion(**change), tracking=True).event_id for change in changes}
    assert len(ids) == len(changes)


def test_the_write_key_that_a_body_carries_is_no_part_of_the_event() -> None:
    with_key = accepted(conversion(write_key="wk_1"), tracking=True)
    assert with_key == accepted(conversion(), tracking=True)


def test_a_derived_id_and_the_event_tell_nothing_of_the_visitor() -> None:
    event = accepted(conversion(), tracking=True)
    assert b"ada" not in msgspec.json.encode(event)
    assert event.event_id != accepted(conversion(user_id="ben"), tracking=True).event_id


def test_a_visitor_is_another_in_every_workspace_and_under_every_key() -> None:
    told = {
        visitor_of("ada", UUID(int=1), b"one key"),
        visitor_of("ada", UUID(int=2), b"one key"),
        visitor_of("ada", UUID(int=1), b"another"),
        visitor_of("ben", UUID(int=1), b"one key"),
    }
    assert len(told) == 4
    assert visitor_of("ada", UUID(int=1), b"one key") in told


def test_neither_id_nor_time_gets_both_and_is_never_a_repetition() -> None:
    first, second = (accepted_click(click_id=None, click_date=None) for _ in range(2))
    assert first.event_id != second.event_id
    assert first.occurred_at == NOW.replace(microsecond=123000)
