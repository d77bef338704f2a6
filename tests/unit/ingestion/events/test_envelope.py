"""What stands on the log is checked again by whoever reads it."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from ingestion.errors import InvalidEvent
from ingestion.events.coding import encode, read_interaction, read_metric_event, read_snapshot
from ingestion.events.envelope import Snapshot
from ingestion.events.identity import slice_identity, snapshot_event_id
from tests.sent_events import NOW, accepted_click, accepted_metric


def changed(event: bytes, path: str, value: Any) -> bytes:
    document = msgspec.json.decode(event)
    *folders, name = path.split(".")
    inner = document
    for folder in folders:
        inner = inner[int(folder)] if isinstance(inner, list) else inner[folder]
    inner[name] = value
    return msgspec.json.encode(document)


def without(event: bytes, name: str) -> bytes:
    document = msgspec.json.decode(event)
    del document[name]
    return msgspec.json.encode(document)


def report(**fields: Any) -> dict[str, Any]:
    told = {
        "account_id": "act_1",
        "external_campaign_id": "238",
        "report": "day_country",
        "day": "2026-11-19",
    }
    return told | {"timezone": "Europe/Berlin", "sequence": 7, "currency": "EUR", "slices": []} | fields


def snapshot(**fields: Any) -> bytes:
    envelope = {"schema_version": 1, "kind": "snapshot", "event_id": "s", "platform": "meta"}
    envelope |= {"workspace_id": str(UUID(int=1)), "campaign_id": str(UUID(int=2))}
    times = {"occurred_at": "2026-11-18T23:00:00Z", "received_at": NOW.isoformat()}
    return msgspec.json.encode(envelope | times | {"payload": report(**fields)})


def test_what_was_written_is_what_is_read() -> None:
    event, visit = accepted_metric(spend="1.25", region="DE"), accepted_click(gclid="abc")
    assert read_metric_event(encode(event)) == event
    assert read_interaction(encode(visit)) == visit


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("schema_version", 2, "invalid_choice"),
        ("kind", "click", "invalid_choice"),
        ("workspace_id", "ws", "invalid"),
        ("occurred_at", "2026-11-20T11:15:00+01:00", "not_canonical"),
        ("occurred_at", "2026-11-20T10:15:00.000500Z", "not_canonical"),
        ("occurred_at", "2026-11-20T10:15:00", "invalid"),
        ("occurred_at", "2027-11-20T10:15:00Z", "in_the_future"),
        ("payload.spend", "-1", "out_of_range"),
        ("payload.clicks", "3", "invalid"),
        ("payload.region", "XX", "invalid_choice"),
        ("payload.colour", "red", "unknown_field"),
        ("payload.currency", "", "required"),
    ],
)
def test_an_entry_that_was_tampered_with_is_refused_by_its_path(path: str, value: Any, code: str) -> None:
    entry = changed(encode(accepted_metric(spend="1")), path, value)
    with pytest.raises(InvalidEvent) as refused:
        read_metric_event(entry)
    assert (refused.value.field, refused.value.code) == (path, code)


@pytest.mark.parametrize(
    "time",
    ["0001-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "2100-01-01T00:00:01Z", "9999-12-31T23:59:59Z"],
)
def test_a_time_that_no_clock_told_is_refused_and_ends_no_consumer(time: str) -> None:
    entry = changed(changed(encode(accepted_metric()), "occurred_at", time), "received_at", time)
    with pytest.raises(InvalidEvent) as refused:
        read_metric_event(entry)
    assert (refused.value.field, refused.value.code) == ("received_at", "out_of_range")


def test_a_line_break_is_no_visitor_and_no_report() -> None:
    with pytest.raises(InvalidEvent) as refused:
        read_interaction(changed(encode(accepted_click()), "payload.visitor", "\n"))
    assert refused.value.field == "payload.visitor"
    with pytest.raises(InvalidEvent) as refused:
        read_snapshot(snapshot(report="day\n"))
    assert refused.value.field == "payload.report"


@pytest.mark.parametrize("name", ["schema_version", "kind", "event_id", "received_at", "payload"])
def test_an_entry_without_its_envelope_is_refused(name: str) -> None:
    with pytest.raises(InvalidEvent) as refused:
        read_metric_event(without(encode(accepted_metric()), name))
    assert (refused.value.field, refused.value.code) == (name, "required")


def test_a_snapshot_may_have_no_slices_at_all() -> None:
    assert read_snapshot(snapshot()).payload.slices == ()


def test_two_slices_with_the_same_dimensions_are_refused() -> None:
    slices = [{"region": "DE", "clicks": 1}, {"region": "DE", "clicks": 2}]
    with pytest.raises(InvalidEvent, match="Two slices have the same dimensions"):
        read_snapshot(snapshot(slices=slices))


def test_money_in_a_slice_needs_the_accounts_currency() -> None:
    with pytest.raises(InvalidEvent, match="An amount needs its currency"):
        read_snapshot(snapshot(slices=[{"spend": "1.00"}], currency=""))


def test_a_wrong_slice_is_named_by_its_place() -> None:
    with pytest.raises(InvalidEvent) as refused:
        read_snapshot(snapshot(slices=[{"region": "DE"}, {"region": "AT", "spend": "-1"}]))
    assert refused.value.field == "payload.slices[1].spend"


def test_a_slice_keeps_its_identity_when_the_account_is_linked_anew() -> None:
    first = read_snapshot(snapshot(slices=[{"region": "DE"}]))
    linked_anew = read_snapshot(
        changed(snapshot(slices=[{"region": "DE"}], sequence=8), "campaign_id", str(UUID(int=9)))
    )
    assert identity(first) == identity(linked_anew)


def test_days_are_told_apart_by_the_accounts_day_and_hours_by_their_instant() -> None:
    day = read_snapshot(snapshot(slices=[{}], report="day"))
    hour = read_snapshot(snapshot(slices=[{}], report="hour"))
    assert identity(day).bucket == day.payload.day
    assert identity(hour).bucket == hour.occurred_at


def test_a_run_that_is_repeated_sends_the_same_event() -> None:
    payload = read_snapshot(snapshot()).payload
    later = read_snapshot(snapshot(sequence=8)).payload
    assert snapshot_event_id("meta", payload, NOW) == snapshot_event_id("meta", payload, NOW)
    assert snapshot_event_id("meta", payload, NOW) != snapshot_event_id("meta", later, NOW)


def identity(event: Snapshot) -> Any:
    return slice_identity(event, event.payload.slices[0])
