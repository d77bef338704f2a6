"""POST /api/v1/events/: what is accepted stands on the log, what is not is told item by item."""

import gzip
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Workspace
from accounts.rights import Right
from campaigns.models import Campaign
from ingestion.eventlog.base import EventLog
from ingestion.events.envelope import Interaction, MetricEvent
from runtime.config import configuration
from runtime.telemetry.metrics import OWN_REGISTRY
from tests.integration.ingestion.event_calls import (
    RECENTLY,
    campaign_of,
    click,
    metric,
    on_the_log,
    packed,
    post,
    send,
    send_lines,
    send_packed,
)
from tests.people import Program, analyst, new_workspace, program, stranger

pytestmark = pytest.mark.django_db

# As the contract spells them, field by field.
OF_THE_CONTRACT = [
    {
        "kind": "metric",
        "event_id": "e-1",
        "occurred_at": RECENTLY.isoformat(),
        "campaign_id": "cmp-1",
        "platform": "google",
        "region": "DE",
        "device": "mobile",
        "impressions": 1000,
        "clicks": "20",
        "conversions": 2,
        "spend": "10.5",
        "revenue": 42,
        "currency": "USD",
    },
    {
        "kind": "click",
        "campaign_id": "cmp-1",
        "user_id": "visitor-7",
        "source": "newsletter",
        "click_date": RECENTLY.isoformat(),
        "click_id": "c-1",
        "gclid": "Cj0KCQ",
        "referrer": "https://example.org/",
        "utm_source": "newsletter",
        "region": "",
        "device": "tablet",
        "consent": "granted",
    },
    {
        "kind": "conversion",
        "campaign_id": "cmp-1",
        "user_id": "visitor-7",
        "source": "shop",
        "conversion_date": RECENTLY.isoformat(),
        "value": 19.99,
        "type": "purchase",
        "conversion_id": "o-1",
        "click_id": "c-1",
    },
    {
        "kind": "impression",
        "campaign_id": "cmp-1",
        "user_id": "visitor-7",
        "source": "banner",
        "event_id": "i-1",
        "occurred_at": RECENTLY.isoformat(),
    },
]


def test_all_kinds_of_the_contract_are_on_the_log_when_the_answer_comes(
    any_log: EventLog, sender: Program, campaign: Campaign
) -> None:
    answer = send(sender.client, {"events": OF_THE_CONTRACT})
    assert (answer.status_code, answer.json()) == (
        202,
        {
            "accepted": 4,
            "duplicates_in_request": 0,
            "rejected": [],
            "event_ids": ["e-1", "c-1", "o-1", "i-1"],
            "occurred_at": [RECENTLY.isoformat().replace("+00:00", "Z")] * 4,
        },
    )
    stored = {event.event_id: event for event in on_the_log(any_log)}
    assert stored.keys() == {"e-1", "c-1", "o-1", "i-1"}
    assert {(e.workspace_id, e.campaign_id) for e in stored.values()} == {
        (campaign.workspace_id, campaign.id)
    }
    assert isinstance(stored["e-1"], MetricEvent)
    assert stored["e-1"].payload.revenue == Decimal(42)
    assert stored["c-1"].platform == "google"
    assert stored["o-1"].platform == "meta"
    assert (stored["o-1"].payload.value, stored["o-1"].payload.currency) == (Decimal("19.99"), "EUR")


def test_one_event_a_batch_and_lines_are_the_same_to_the_log(log: EventLog, sender: Program) -> None:
    for answer in (
        send(sender.client, metric("alone")),
        send(sender.client, {"events": [metric("in a batch")]}),
        send_lines(sender.client, metric("on a line"), b"", metric("on another"), b" \r"),
        send_packed(sender.client, packed(metric("packed"))),
    ):
        assert answer.status_code == 202
    named = {"alone", "in a batch", "on a line", "on another", "packed"}
    assert {event.event_id for event in on_the_log(log)} == named


def test_who_names_neither_id_nor_time_gets_both_back(log: EventLog, sender: Program) -> None:
    event = metric()
    del event["event_id"], event["occurred_at"]
    answer = send(sender.client, event).json()
    [stored] = on_the_log(log)
    assert answer["event_ids"] == [stored.event_id]
    assert datetime.fromisoformat(answer["occurred_at"][0]) == stored.occurred_at
    assert stored.occurred_at <= stored.received_at <= datetime.now(UTC)


@pytest.mark.parametrize("missing", ["event_id", "occurred_at"])
def test_id_and_time_come_both_or_neither(log: EventLog, sender: Program, missing: str) -> None:
    event = metric()
    del event[missing]
    [refusal] = send(sender.client, event).json()["rejected"]
    assert (refusal["field"], refusal["code"]) == (missing, "required")


def test_what_is_rejected_is_told_by_its_place_and_spoils_nothing_else(
    log: EventLog, sender: Program
) -> None:
    events = [
        metric("good"),
        metric("unknown", campaign_id="cmp-404"),
        metric("negative", spend="-1"),
        "no object",
        metric("nul\0"),
        metric("unknown field", colour="red"),
        {"kind": "snapshot"},
        metric("good, too"),
    ]
    answer = send(sender.client, {"events": events})
    assert answer.status_code == 202
    body = answer.json()
    assert [(one["index"], one["field"], one["code"]) for one in body["rejected"]] == [
        (1, "campaign_id", "unknown_campaign"),
        (2, "spend", "out_of_range"),
        (3, "", "invalid"),
        (4, "", "invalid"),
        (5, "colour", "unknown_field"),
        (6, "kind", "invalid"),
    ]
    assert body["accepted"] == 2
    assert body["event_ids"] == ["good", None, None, None, None, None, None, "good, too"]
    assert [time is None for time in body["occurred_at"]] == [False, *[True] * 6, False]
    assert len(on_the_log(log)) == 2


def test_a_line_that_is_no_json_is_one_rejected_event(log: EventLog, sender: Program) -> None:
    answer = send_lines(sender.client, metric("a"), b'{"kind": "metric', b"\xff\xfe", metric("b"))
    assert answer.status_code == 202
    refused = [(one["index"], one["code"]) for one in answer.json()["rejected"]]
    assert refused == [(1, "malformed"), (2, "malformed")]
    assert len(on_the_log(log)) == 2


def test_all_rejected_is_a_422_with_the_same_body_inside(log: EventLog, sender: Program) -> None:
    answer = send(sender.client, {"events": [metric(campaign_id="cmp-404"), metric(clicks=-1)]})
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["code"], body["accepted"], body["event_ids"]) == ("events_rejected", 0, [None, None])
    assert [one["code"] for one in body["rejected"]] == ["unknown_campaign", "min_value"]
    assert on_the_log(log) == []


def test_one_identity_twice_in_a_request_is_one_event_as_it_was_sent_last(
    any_log: EventLog, sender: Program, campaign: Campaign
) -> None:
    first = metric(clicks=1)
    other_spelling = metric(clicks=2, campaign_id=str(campaign.id), deduplication_key="e-1")
    body = send(sender.client, {"events": [first, first, metric("e-2"), click("e-1"), other_spelling]}).json()
    assert (body["accepted"], body["duplicates_in_request"], body["rejected"]) == (5, 2, [])
    assert body["event_ids"] == ["e-1", "e-1", "e-2", "e-1", "e-1"]
    stored = on_the_log(any_log)
    assert sorted((event.kind, event.event_id) for event in stored) == [
        ("click", "e-1"),
        ("metric", "e-1"),
        ("metric", "e-2"),
    ]
    assert [e.payload.clicks for e in stored if (e.kind, e.event_id) == ("metric", "e-1")] == [2]


def test_a_campaign_is_known_from_the_moment_it_exists_and_when_it_is_archived(log: EventLog) -> None:
    ann = analyst()
    made = ann.client.post("/api/v1/campaigns/", {"name": "New", "platform": "meta"}, format="json").json()
    assert send(ann.client, metric(campaign_id=made["reference"])).status_code == 202
    assert ann.client.delete(f"/api/v1/campaigns/{made['id']}/").status_code == 204
    assert send(ann.client, metric(campaign_id=made["id"])).status_code == 202


def test_what_happened_before_the_raw_floor_is_too_old(log: EventLog, sender: Program) -> None:
    floor = RECENTLY.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=2)
    Workspace.objects.filter(id=sender.api_key.workspace_id).update(raw_floor=floor.date())
    before = floor - timedelta(milliseconds=1)
    events = [metric(occurred_at=moment.isoformat()) for moment in (before, floor, RECENTLY)]
    body = send(sender.client, {"events": [*events, click(click_date=before.isoformat())]}).json()
    assert body["accepted"] == 2
    assert [(one["index"], one["code"], one["field"]) for one in body["rejected"]] == [
        (0, "too_old", "occurred_at"),
        (3, "too_old", "occurred_at"),
    ]


@pytest.mark.parametrize("name", ["reference", "id"])
def test_a_strangers_campaign_is_unknown(log: EventLog, sender: Program, name: str) -> None:
    theirs = campaign_of(stranger().workspace, reference="theirs-1")
    answer = send(sender.client, metric(campaign_id=str(getattr(theirs, name))))
    assert answer.status_code == 422
    assert answer.json()["rejected"][0]["code"] == "unknown_campaign"
    assert on_the_log(log) == []


def test_the_same_reference_in_two_workspaces_is_two_campaigns(log: EventLog, sender: Program) -> None:
    other = program(new_workspace(), [Right.EVENTS])
    theirs = campaign_of(other.api_key.workspace)
    assert send(other.client, metric()).status_code == 202
    assert [event.campaign_id for event in on_the_log(log)] == [theirs.id]


def test_a_restricted_member_sends_for_granted_campaigns_alone(log: EventLog) -> None:
    ben = analyst(restricted=True)
    campaign_of(ben.workspace, reference="hidden")
    campaign_of(ben.workspace, reference="granted").grants.create(membership=ben.membership)
    body = send(ben.client, {"events": [metric(campaign_id=name) for name in ("hidden", "granted")]}).json()
    assert [one["index"] for one in body["rejected"]] == [0]
    assert body["accepted"] == 1


def test_what_comes_twice_in_a_request_is_counted(log: EventLog, sender: Program) -> None:
    def counted() -> float:
        return OWN_REGISTRY.get_sample_value("ca_events_duplicate_total") or 0.0

    before = counted()
    assert send(sender.client, {"events": [metric(), metric(), metric("e-2"), metric()]}).status_code == 202
    assert counted() == before + 2


def test_campaigns_are_looked_up_once_for_a_whole_batch(
    log: EventLog, sender: Program, django_assert_num_queries: Any
) -> None:
    workspace = sender.api_key.workspace
    named = [campaign_of(workspace, reference=f"one-of-many-{n}") for n in range(20)]
    events = [metric(campaign_id=one.reference) for one in named] + [
        metric(campaign_id=str(one.id)) for one in named
    ]
    assert send(sender.client, metric()).status_code == 202
    with django_assert_num_queries(2):  # the key, and the campaigns
        assert send(sender.client, {"events": events}).json()["duplicates_in_request"] == 20


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"events": []}, "events", "empty"),
        ({"events": [1] * 1001}, "events", "too_many"),
        ({"events": {}}, "events", "invalid"),
        ({"events": [], "colour": "red"}, "colour", "unknown_field"),
        ({"events": [], "write_key": 5}, "write_key", "invalid"),
        ([], "body", "invalid"),
        ("text", "body", "invalid"),
    ],
)
def test_a_batch_that_is_none_is_a_400(
    log: EventLog, sender: Program, body: Any, field: str, code: str
) -> None:
    answer = send(sender.client, body)
    assert answer.status_code == 400
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"kind": "metric", ', b'{"events": [{}', b"\xff", b'{"a": ' + b"[" * 100_000]
)
def test_a_body_that_is_no_json_is_a_400(log: EventLog, sender: Program, body: bytes) -> None:
    answer = send(sender.client, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_body")


def test_a_small_body_that_unpacks_to_a_huge_one_is_a_413(log: EventLog, sender: Program) -> None:
    bomb = gzip.compress(bytes(configuration().accepting.max_unpacked_bytes + 1))
    assert len(bomb) < 100_000
    answer = send_packed(sender.client, bomb)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert on_the_log(log) == []


def test_a_thousand_is_not_too_many(any_log: EventLog, sender: Program) -> None:
    assert send_lines(sender.client, *[metric(f"e-{n}") for n in range(1000)]).json()["accepted"] == 1000
    assert len(on_the_log(any_log)) == 1000


def test_what_is_no_json_and_no_gzip_is_a_415(log: EventLog, sender: Program) -> None:
    assert post(sender.client, b"x", "text/csv").status_code == 415
    assert send(sender.client, metric(), **{"Content-Encoding": "br"}).status_code == 415


def test_an_interaction_is_read_back_as_one(log: EventLog, sender: Program) -> None:
    send(sender.client, click(user_id="nobody-may-read-this"))
    [stored] = on_the_log(log)
    assert isinstance(stored, Interaction)
    assert len(stored.payload.visitor) == 32
    assert "nobody-may-read-this" not in str(stored)
