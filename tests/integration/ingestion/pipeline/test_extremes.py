"""Whatever the edge accepts, the warehouse takes: one event that it refused would stop every consumer."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec import structs

from ingestion.errors import InvalidEvent
from ingestion.eventlog.base import Partition, Record
from ingestion.eventlog.topics import entry_of, topic_of
from ingestion.events.bounds import AHEAD, LARGEST_COUNT, LAST_RECEIVED, OLDEST
from ingestion.events.envelope import Event, Increment, Slice
from ingestion.pipeline.decoding import decode
from ingestion.pipeline.writing import write
from runtime.money import LARGEST_AMOUNT
from tests.logged_events import DAY_BEGAN, click, metric, snapshot
from tests.sent_events import NOW, accepted
from tests.sent_events import metric as sent_metric
from warehouse import client
from warehouse.versions import LARGEST_SEQUENCE

FEATURE = "test"
LARGEST_POSITION = 2**63 - 1
WIDE = "\U0001f6d2"  # four bytes of UTF-8


@pytest.fixture
def workspace() -> UUID:
    return uuid4()


def stored(workspace: UUID, columns: str, table: str, event: Event) -> Any:
    """Its row, after the way through the log's bytes and the real tables."""
    decoded = decode([record(topic_of(event), *entry_of(event))])
    assert decoded.dead == []
    write(decoded)
    return row_of(workspace, columns, table)


def record(topic: str, key: bytes, value: bytes) -> Record:
    return Record(Partition(topic, 65_535), LARGEST_POSITION, 2**52, key, value)


def row_of(workspace: UUID, columns: str, table: str) -> Any:
    sql = f"SELECT {columns} FROM {table} FINAL WHERE workspace_id = %(workspace)s"
    (row,) = client.reader().rows(sql, {"workspace": workspace}, feature=FEATURE)
    return row


def in_year(year: int, event: Event) -> Record:
    """The same on the log, with all of its times in another year."""
    key, value = entry_of(event)
    return record(topic_of(event), key, value.replace(b'"2026-', b'"%d-' % year))


def test_the_largest_figures(workspace: UUID) -> None:
    told = Increment(
        impressions=LARGEST_COUNT,
        clicks=LARGEST_COUNT,
        conversions=LARGEST_COUNT,
        spend=LARGEST_AMOUNT,
        revenue=Decimal("0.000001"),
        currency="EUR",
    )
    columns = "impressions, clicks, conversions, spend, revenue, log_partition, log_position"
    row = stored(workspace, columns, "metric_events", metric(workspace, 1, payload=told))
    assert row[:5] == (LARGEST_COUNT, LARGEST_COUNT, LARGEST_COUNT, LARGEST_AMOUNT, told.revenue)
    assert row[5:] == (65_535, LARGEST_POSITION)


def test_one_conversion_more_is_refused_at_the_door() -> None:
    with pytest.raises(InvalidEvent) as refused:
        accepted(sent_metric(conversions=LARGEST_COUNT + 1))
    assert (refused.value.code, refused.value.field) == ("max_value", "conversions")


def test_a_million_of_the_largest_counts_fit_into_the_sum_of_a_rollup() -> None:
    sql = "SELECT sum(toUInt64(%(count)s)) FROM numbers(1000000)"
    assert client.reader().rows(sql, {"count": LARGEST_COUNT}, feature=FEATURE) == [(10**6 * LARGEST_COUNT,)]


@pytest.mark.parametrize("delay", [OLDEST, -AHEAD, timedelta()])
def test_the_oldest_and_the_earliest(workspace: UUID, delay: timedelta) -> None:
    """The structs cut to milliseconds, so the oldest lies within the bound."""
    occurred_at = NOW.replace(microsecond=123_000) - delay
    event = metric(workspace, 1, occurred_at=occurred_at, received_at=occurred_at + delay)
    assert stored(workspace, "occurred_at, received_at", "metric_events", event) == (
        occurred_at,
        event.received_at,
    )


@pytest.mark.parametrize("make", [metric, partial(snapshot, DE=1)])
def test_a_fact_of_the_last_year_is_marked_by_its_own_minute(workspace: UUID, make: Any) -> None:
    event = make(workspace, 1)
    write(decode([in_year(LAST_RECEIVED.year - 1, event)]))
    minute = event.occurred_at.replace(year=LAST_RECEIVED.year - 1, second=0, microsecond=0)
    assert row_of(workspace, "bucket", "dirty_buckets") == (minute,)


@pytest.mark.parametrize("make", [metric, partial(snapshot, DE=1)])
def test_a_fact_of_a_year_that_no_bucket_reaches_is_set_aside(workspace: UUID, make: Any) -> None:
    """Else the warehouse would mark another minute for it, or end every consumer that inserts it."""
    (dead,) = decode([in_year(2150, make(workspace, 1))]).dead
    assert (dead.code, dead.field) == ("out_of_range", "received_at")


@pytest.mark.parametrize(
    "event_id", ["x", WIDE * 128, "\t\n'\"\\", str(UUID(int=0)), str(UUID(int=2**128 - 1)), " " * 128, "None"]
)
def test_ids_of_every_form(workspace: UUID, event_id: str) -> None:
    event = metric(workspace, 1, event_id=event_id)
    assert stored(workspace, "event_id", "metric_events", event) == (event_id,)


def test_the_longest_texts(workspace: UUID) -> None:
    event = click(workspace, 1)
    told = structs.replace(
        event.payload,
        visitor="f" * 32,
        source=WIDE * 128,
        referrer=WIDE * 2048,
        gclid=WIDE * 512,
        msclkid=WIDE * 512,
        utm_source=WIDE * 512,
        value=LARGEST_AMOUNT,
        currency="JPY",
    )
    columns = "visitor_hash, source, referrer, click_ids, utm, value"
    row = stored(workspace, columns, "interactions", structs.replace(event, payload=told))
    assert row == (
        2**128 - 1,
        WIDE * 128,
        WIDE * 2048,
        {"gclid": WIDE * 512, "msclkid": WIDE * 512},
        {"source": WIDE * 512},
        LARGEST_AMOUNT,
    )


def test_the_last_sequence_and_a_slice_without_figures(workspace: UUID) -> None:
    event = snapshot(workspace, LARGEST_SEQUENCE, DE=1)
    event = structs.replace(
        event,
        received_at=DAY_BEGAN + OLDEST,
        payload=structs.replace(
            event.payload,
            account_id=WIDE * 128,
            currency="EUR",
            slices=(Slice(conversions=LARGEST_AMOUNT, spend=LARGEST_AMOUNT),),
        ),
    )
    assert stored(workspace, "sequence, slices", "snapshots", event) == (LARGEST_SEQUENCE, 1)
    row = client.reader().rows(
        "SELECT conversions, clicks FROM snapshot_slices WHERE workspace_id = %(workspace)s",
        {"workspace": workspace},
        feature=FEATURE,
    )
    assert row == [(LARGEST_AMOUNT, None)]
