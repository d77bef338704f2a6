"""Events that are wrong, each in a way with a name: for the door to reject, or the consumer to park."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec

from ingestion.eventlog.topics import INTERACTIONS, METRIC_EVENTS, SNAPSHOTS
from ingestion.sources.simulated.spelling import time_text

Body = dict[str, Any]

_NOWHERE = "00000000-0000-0000-0000-000000000000"
_NOT_UTF8 = b"\xff\xfe"


# Each takes a well-formed body and the moment, and gives what the door must reject.
_AT_THE_DOOR: dict[str, Callable[[Body, datetime], Body]] = {
    "unknown_campaign": lambda body, _: body | {"campaign_id": _NOWHERE},
    "negative_count": lambda body, _: body | {"clicks": -1},
    "negative_amount": lambda body, _: body | {"spend": "-0.01"},
    "too_fine_amount": lambda body, _: body | {"spend": "0.0000001"},
    "unknown_currency": lambda body, _: body | {"currency": "XXQ"},
    "unknown_region": lambda body, _: body | {"region": "QQ"},
    "unknown_device": lambda body, _: body | {"device": "toaster"},
    "unknown_field": lambda body, _: body | {"click": 1},
    "in_the_future": lambda body, now: body | {"occurred_at": time_text(now + timedelta(days=1))},
    "too_old": lambda body, now: body | {"occurred_at": time_text(now - timedelta(days=4 * 365))},
    "no_time": lambda body, _: {name: body[name] for name in body if name != "occurred_at"},
    "no_id": lambda body, _: {name: body[name] for name in body if name != "event_id"},
    "too_long_id": lambda body, _: body | {"event_id": body["event_id"].ljust(129, "x")},
}


def broken_at_the_door(drawn: Random, body: Body, now: datetime) -> tuple[str, Body]:
    """`body` is a well-formed metric event."""
    how = drawn.choice(list(_AT_THE_DOOR))
    return how, _AT_THE_DOOR[how](body, now)


def broken_on_the_log(drawn: Random, body: Body, workspace_id: str, now: datetime) -> tuple[str, str, bytes]:
    """How it is broken, its topic and its value. No two values are equal: each names its own id."""
    topic = drawn.choice(list(_ON_THE_LOG))
    how = drawn.choice(list(_ON_THE_LOG[topic]))
    event = well_formed(topic, body, workspace_id, now)
    return how, topic, _ON_THE_LOG[topic][how](event)


def well_formed(topic: str, body: Body, workspace_id: str, now: datetime) -> Body:
    """As it would stand on this topic. `body` is that of a metric event; a report is of a whole hour."""
    envelope = {
        "schema_version": 1,
        "event_id": body["event_id"],
        "workspace_id": workspace_id,
        "campaign_id": body["campaign_id"],
        "platform": body["platform"],
        "occurred_at": time_text(now),
        "received_at": time_text(now),
    }
    if topic == METRIC_EVENTS:
        return envelope | {"kind": "metric", "payload": {"clicks": 1}}
    if topic == INTERACTIONS:
        return envelope | {"kind": "click", "payload": {"source": "simulated"}}
    hour = now.replace(minute=0, second=0, microsecond=0)
    return envelope | {"kind": "snapshot", "occurred_at": time_text(hour), "payload": _report(hour)}


def _report(hour: datetime) -> Body:
    return {
        "account_id": "simulated",
        "external_campaign_id": "simulated",
        "report": "hour",
        "day": f"{hour:%Y-%m-%d}",
        "timezone": "UTC",
        "sequence": 1,
        "slices": [{"clicks": 1}],
    }


def _with_payload(**fields: Any) -> Callable[[Body], bytes]:
    return lambda event: msgspec.json.encode(event | {"payload": event["payload"] | fields})


def _in_2150(event: Body) -> bytes:
    """In itself it is as it should be, its hour and its day included."""
    times = dict.fromkeys(("occurred_at", "received_at"), "2150-01-01T00:00:00.000Z")
    return msgspec.json.encode(event | times | {"payload": event["payload"] | {"day": "2150-01-01"}})


# Each takes a well-formed event of the log and gives the bytes that the consumer must park.
_OF_ANY_KIND: dict[str, Callable[[Body], bytes]] = {
    "not_json": lambda event: msgspec.json.encode(event)[:-1],
    "not_utf8": lambda event: msgspec.json.encode(event) + _NOT_UTF8,
    "not_an_object": lambda event: msgspec.json.encode([event]),
    "wrong_schema_version": lambda event: msgspec.json.encode(event | {"schema_version": 99}),
    "wrong_kind": lambda event: msgspec.json.encode(event | {"kind": "guess"}),
    "unknown_field": lambda event: msgspec.json.encode(event | {"colour": "green"}),
    "no_campaign": lambda event: msgspec.json.encode(
        {name: event[name] for name in event if name != "campaign_id"}
    ),
    "no_zone": lambda event: msgspec.json.encode(event | {"occurred_at": "2026-01-01T00:00:00"}),
    "in_the_future": lambda event: msgspec.json.encode(event | {"occurred_at": "2999-01-01T00:00:00Z"}),
}
_ON_THE_LOG: dict[str, dict[str, Callable[[Body], bytes]]] = {
    METRIC_EVENTS: {
        **_OF_ANY_KIND,
        "negative_count": _with_payload(clicks=-1),
        "negative_amount": _with_payload(spend="-1.00", currency="EUR"),
        "amount_without_currency": _with_payload(spend="1.00"),
        "unknown_region": _with_payload(region="QQ"),
    },
    INTERACTIONS: {
        **_OF_ANY_KIND,
        "visitor_in_clear": _with_payload(visitor="ada@example.org"),
        "unknown_consent": _with_payload(consent="perhaps"),
        "value_without_currency": _with_payload(value="1.00"),
        "unknown_device": _with_payload(device="toaster"),
    },
    SNAPSHOTS: {
        **_OF_ANY_KIND,
        "unknown_timezone": _with_payload(timezone="Mars/Olympus"),
        "another_day": _with_payload(day="2020-02-29"),
        "day_that_began_in_its_middle": lambda event: msgspec.json.encode(
            event
            | {"occurred_at": f"{event['occurred_at'][:10]}T00:01:00.000Z"}
            | {"payload": event["payload"] | {"report": "day"}}
        ),
        "hour_that_began_in_its_middle": lambda event: msgspec.json.encode(
            event | {"occurred_at": f"{event['occurred_at'][:14]}00:30.000Z"}
        ),
        "received_in_2150": _in_2150,
        "one_slice_twice": _with_payload(slices=[{"clicks": 1}, {"clicks": 2}]),
        "negative_slice": _with_payload(slices=[{"clicks": -1}]),
        "no_sequence": _with_payload(sequence=0),
    },
}
