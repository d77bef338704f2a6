"""Data through T: everything that was logged before T is in the rollups. Never more is said."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingestion.pipeline.gaps import fill_gaps, open_gap
from insights.models import RecomputedThrough
from insights.rollups import marks
from insights.rollups.progress import data_through
from insights.rollups.tick import tick
from tests.integration.insights.raw import Raw
from warehouse.client import Writer
from warehouse.tables import LOG_PROGRESS
from warehouse.writer import insert

pytestmark = pytest.mark.usefixtures("unmarked")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_consumed(writer: Writer) -> Iterator[None]:
    writer.run("TRUNCATE TABLE log_progress", feature="test")
    yield
    writer.run("TRUNCATE TABLE log_progress", feature="test")


def consumed(partition: int, through: datetime, log: str = "events") -> None:
    columns: dict[str, list[Any]] = {"log": [log], "log_partition": [partition], "through": [through]}
    insert(LOG_PROGRESS, columns, feature="test")


def test_nothing_is_known_before_anything_was_consumed() -> None:
    tick()
    assert data_through() is None


def test_it_is_the_least_over_the_partitions() -> None:
    consumed(0, NOON)
    consumed(1, NOON - timedelta(minutes=5))
    tick()
    assert data_through() == NOON - timedelta(minutes=5)
    consumed(1, NOON + timedelta(minutes=5))  # an idle one advances, too
    tick()
    assert data_through() == NOON


def test_a_partition_that_nobody_has_told_of_yet_leaves_it_unknown() -> None:
    consumed(0, NOON)
    consumed(1, datetime.fromtimestamp(0, UTC))
    tick()
    assert data_through() is None


def test_it_is_unknown_as_long_as_the_raw_tables_have_a_gap() -> None:
    consumed(0, NOON)
    first = open_gap("replay-1", None)
    second = open_gap("replay-2", None)
    assert (len(first), len(second)) == (1, 2)
    assert first < second
    tick()
    assert data_through() is None
    fill_gaps(first)
    tick()
    assert data_through() is None
    fill_gaps(second)
    tick()
    assert data_through() == NOON
    assert len(open_gap("replay-3", None)) == 1


def test_a_gap_is_not_filled_by_a_replay_that_begins_later() -> None:
    consumed(0, NOON)
    whole = open_gap("replay-1", None)
    late = open_gap("replay-2", NOON)
    assert not whole & late
    fill_gaps(late)
    tick()
    assert data_through() is None
    same = open_gap("replay-3", NOON)
    earlier = open_gap("replay-4", NOON - timedelta(milliseconds=1))
    assert same < earlier
    assert not whole & earlier
    assert open_gap("replay-5", None) > whole | earlier


def test_a_gap_whose_name_says_no_start_is_filled_from_the_beginning_alone() -> None:
    consumed(0, datetime.fromtimestamp(0, UTC), log="replay-20261120T120000-abc123")
    assert len(open_gap("replay-1", NOON)) == 1
    assert "replay-20261120T120000-abc123" in open_gap("replay-2", None)


def test_a_filled_gap_alone_claims_nothing() -> None:
    fill_gaps(open_gap("replay-1", None))
    tick()
    assert data_through() is None
    open_gap("replay-2", None)
    tick()
    assert data_through() is None


def test_what_was_stored_but_not_rolled_up_does_not_count(raw: Raw, today: datetime) -> None:
    consumed(0, NOON)
    tick()
    raw.put_events(raw.event("e1", today, clicks=1))
    consumed(0, NOON + timedelta(hours=1))
    assert data_through() == NOON
    tick()
    assert data_through() == NOON + timedelta(hours=1)


def test_it_stands_still_while_there_are_marks_left(raw: Raw, today: datetime, options: Any) -> None:
    consumed(0, NOON)
    tick()
    options(marks_per_tick=2, tick_seconds=0, margin_seconds=0)
    for number in range(5):
        raw.put_events(raw.event(f"e{number}", today + timedelta(minutes=number), clicks=1))
    consumed(0, NOON + timedelta(hours=1))
    tick()
    assert data_through() == NOON
    while RecomputedThrough.objects.get().marks < marks.version_at(marks.clock().now) - 20_000_000:
        tick()
    for _ in range(5):
        tick()
    assert data_through() == NOON + timedelta(hours=1)
