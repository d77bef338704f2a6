"""Each table gets each of its columns, and each column what the event says."""

from datetime import UTC, datetime, time
from decimal import Decimal
from uuid import uuid4

import pytest
from msgspec import structs

from ingestion.eventlog.base import Partition, Record
from ingestion.eventlog.topics import entry_of, topic_of
from ingestion.events.envelope import Event, Slice
from ingestion.events.identity import milliseconds, slice_identity, version_of
from ingestion.pipeline.decoding import decode
from ingestion.pipeline.facts import Decoded
from ingestion.pipeline.rows import Columns, interaction_rows, metric_rows, slice_rows, snapshot_rows
from tests.logged_events import BEGAN, LOGGED_MS, click, metric, snapshot
from tests.sent_events import accepted, conversion
from warehouse.tables import INTERACTIONS, METRIC_EVENTS, SNAPSHOT_SLICES, SNAPSHOTS, Table

WORKSPACE = uuid4()


def read(*events: Event) -> Decoded:
    return decode(
        Record(Partition(topic_of(event), 3), 40 + number, LOGGED_MS, *entry_of(event))
        for number, event in enumerate(events)
    )


def first_row(columns: Columns) -> dict[str, object]:
    return {name: values[0] for name, values in columns.items()}


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        (METRIC_EVENTS, metric_rows(read().metric_events)),
        (INTERACTIONS, interaction_rows(read().interactions)),
        (SNAPSHOTS, snapshot_rows([])),
        (SNAPSHOT_SLICES, slice_rows([])),
    ],
    ids=lambda value: value.name if isinstance(value, Table) else "",
)
def test_every_column_of_the_table_is_filled(table: Table, columns: Columns) -> None:
    assert set(columns) == set(table.inserted)


def test_a_metric_event_becomes_a_row() -> None:
    event = metric(WORKSPACE, 3)
    row = first_row(metric_rows(read(event).metric_events))
    assert row["occurred_at"] == milliseconds(BEGAN) + 3
    assert (row["workspace_id"], row["campaign_id"]) == (WORKSPACE, event.campaign_id)
    assert (row["event_id_as_sent"], row["version"]) == ("m-3", version_of(event))
    assert (row["clicks"], row["spend"], row["revenue"]) == (3, Decimal("3.25"), None)
    assert (row["currency"], row["region"], row["platform"]) == ("EUR", "DE", "google")
    assert (row["log_partition"], row["log_position"]) == (3, 40)


def test_a_click_becomes_a_row_with_its_ids_by_name() -> None:
    event = click(WORKSPACE, 1)
    event = structs.replace(event, payload=structs.replace(event.payload, utm_source="ads", utm_id="7"))
    row = first_row(interaction_rows(read(event).interactions))
    assert row["visitor_hash"] == int(event.payload.visitor, 16) > 0
    assert (row["click_ids"], row["utm"]) == ({"gclid": "g-1"}, {"source": "ads", "id": "7"})
    assert (row["kind"], row["source"], row["value"]) == ("click", "newsletter", None)


def test_a_conversion_names_its_click_and_its_value() -> None:
    row = first_row(
        interaction_rows(read(accepted(conversion(click_id="c-9", conversion_id="o-1"))).interactions)
    )
    assert (row["kind"], row["conversion_type"], row["clicked_event_id"]) == ("conversion", "purchase", "c-9")
    assert (row["value"], row["currency"], row["event_id_as_sent"]) == (Decimal("12.50"), "EUR", "o-1")


def test_a_visitor_that_is_not_known_has_no_hash() -> None:
    event = click(WORKSPACE, 1)
    event = structs.replace(event, payload=structs.replace(event.payload, visitor=""))
    assert first_row(interaction_rows(read(event).interactions))["visitor_hash"] == 0


def test_slices_have_the_identity_and_the_version_of_their_snapshot() -> None:
    event = snapshot(WORKSPACE, 5, DE=1, FR=2)
    reported = read(event).snapshots
    rows, (whole,) = slice_rows(reported), [first_row(snapshot_rows(reported))]
    assert rows["version"] == [whole["version"]] * 2 == [version_of(event)] * 2
    assert (rows["region"], rows["clicks"]) == (["DE", "FR"], [1, 2])
    assert whole["slices"] == 2
    identity = slice_identity(event, Slice(region="DE"))
    names = ("workspace_id", "platform", "external_account_id", "report", "external_campaign_id")
    assert tuple(rows[name][0] for name in names) == identity[:5]
    assert rows["bucket"][0] == datetime.combine(event.payload.day, time(), UTC)
    assert identity.bucket == event.payload.day


def test_an_hour_of_a_report_has_the_bucket_of_its_identity() -> None:
    event = snapshot(WORKSPACE, 5, DE=1)
    event = structs.replace(event, payload=structs.replace(event.payload, report="hour"))
    assert slice_rows(read(event).snapshots)["bucket"] == [slice_identity(event, Slice()).bucket]
