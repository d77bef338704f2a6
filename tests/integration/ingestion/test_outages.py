"""What a sender is told when a server behind the door is away: nothing half, and what is safe to repeat."""

from typing import Any

import pytest
from django.db import OperationalError

from analytics_project import health
from ingestion import accepting
from ingestion.eventlog.base import EventLog
from tests.contract.eventlog.engines import RedisLab, ServerLab, fresh_name, outage, silence
from tests.contract.eventlog.reading import at_last
from tests.integration.ingestion.event_calls import RECENTLY, click, metric, on_the_log, send
from tests.people import Program

pytestmark = pytest.mark.django_db

BOTH_TOPICS = [metric("e-1"), metric(campaign_id="cmp-404"), click("c-1"), metric("e-1")]


def test_while_the_log_is_down_every_outcome_is_unknown(
    server_lab: ServerLab, any_log: EventLog, sender: Program
) -> None:
    with outage(server_lab):
        answer = send(sender.client, {"events": BOTH_TOPICS})
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert int(answer["Retry-After"]) >= 1
    body = answer.json()
    assert body["code"] == "outcome_unknown"
    time = RECENTLY.isoformat().replace("+00:00", "Z")
    assert body["events"] == [
        {"index": index, "event_id": event_id, "occurred_at": time, "state": "unknown"}
        for index, event_id in ((0, "e-1"), (2, "c-1"), (3, "e-1"))
    ]
    assert [one["index"] for one in body["rejected"]] == [1]


def test_what_is_sent_again_as_the_answer_says_counts_once(
    server_lab: ServerLab, any_log: EventLog, sender: Program
) -> None:
    """Nothing was named by the sender: the ids and times of the answer make each retry the same fact."""
    event = {name: value for name, value in metric().items() if name not in {"event_id", "occurred_at"}}
    with silence(server_lab):
        unknown = send(sender.client, event)
    assert unknown.status_code == 503
    [told] = unknown.json()["events"]
    again = event | {name: told[name] for name in ("event_id", "occurred_at")}
    is_taken = {202: True, 503: False}  # nothing else: a broker that is back may not be in service yet
    for _ in range(2):
        at_last(lambda: is_taken[send(sender.client, again).status_code])
    identities = {(event.event_id, event.occurred_at) for event in on_the_log(any_log)}
    assert [event_id for event_id, _ in identities] == [told["event_id"]]


def test_a_log_without_room_says_when_to_come_back(
    redis_lab: RedisLab, sender: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = redis_lab.open(fresh_name(), budget_bytes=1000)
    monkeypatch.setattr(accepting, "event_log", lambda: log)
    assert send(sender.client, {"events": [metric(f"e-{n}") for n in range(100)]}).status_code == 202
    log.upkeep._measured_at = 0.0
    answer = send(sender.client, metric("one more"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert [one["state"] for one in answer.json()["events"]] == ["unknown"]
    log.close()


def test_without_postgres_nothing_is_on_the_log(
    log: EventLog, sender: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> Any:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(accepting, "campaigns_named", away)
    answer = send(sender.client, metric())
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "events" not in answer.json()
    assert on_the_log(log) == []


def test_the_health_page_names_the_log(redis_lab: RedisLab, monkeypatch: pytest.MonkeyPatch) -> None:
    log = redis_lab.open(fresh_name())
    monkeypatch.setattr(health, "event_log", lambda: log)
    check = next(check for check in health.CHECKS if check.name == "event_log")
    assert health._find(check).ok
    with outage(redis_lab):
        assert not health._find(check).ok
