"""What becomes of each event of a request, on a log in memory and on one that fails half way."""

from collections.abc import Sequence
from typing import Any

import msgspec

from ingestion.accepting import Acceptance, Terms, make_one, put_on_log, read_one
from ingestion.api.events import outcome_unknown, outcomes
from ingestion.errors import InvalidEvent, TransientFailure
from ingestion.eventlog.base import Entry, EventLog, Failures
from ingestion.eventlog.memory import MemoryLog
from ingestion.eventlog.topics import INTERACTIONS, METRIC_EVENTS
from ingestion.events.coding import read_metric_event
from tests.sent_events import NOW, PLACE, VISITOR_KEY, click, metric

TERMS = Terms(NOW, VISITOR_KEY, may_derive_id=False)


class FailingLog(MemoryLog):
    """Acknowledges all but what it was told to fail, by topic and place."""

    def __init__(self, **failing: Failures) -> None:
        super().__init__()
        self.failing = failing
        self.tried: list[str] = []

    def produce(self, topic: str, entries: Sequence[Entry], timeout: float = 5.0) -> Failures:
        self.tried.append(topic)
        failing = self.failing.get(topic.replace("-", "_"), {})
        super().produce(topic, [entry for index, entry in enumerate(entries) if index not in failing])
        return failing


def put(log: EventLog, *bodies: dict[str, Any]) -> Acceptance:
    sent = [read_one(msgspec.json.encode(body)) for body in bodies]
    return put_on_log([make_one(one, {"cmp-1": PLACE}, TERMS) for one in sent], log)


def logged(log: MemoryLog, topic: str = METRIC_EVENTS) -> list[bytes]:
    return [record.value for partition in log.partitions_of([topic]) for record in log.records(partition)]


def away(retry_after: float = 1.0) -> TransientFailure:
    return TransientFailure("The log is away.", retry_after=retry_after)


def test_outcomes_stand_in_the_order_sent() -> None:
    log = MemoryLog()
    told = outcomes(put(log, click(), metric(clicks=-1), metric(event_id="e-2"), metric(campaign_id="cmp-2")))
    assert told["event_ids"] == ["c-1", None, "e-2", None]
    assert [time is None for time in told["occurred_at"]] == [False, True, False, True]
    assert [(one["index"], one["code"]) for one in told["rejected"]] == [
        (1, "min_value"),
        (3, "unknown_campaign"),
    ]
    assert (len(logged(log)), len(logged(log, INTERACTIONS))) == (1, 1)


def test_the_last_of_an_identity_stands() -> None:
    log = MemoryLog()
    acceptance = put(log, metric(clicks=1), metric(clicks=2), metric(clicks=1), metric(clicks=3))
    assert acceptance.duplicates == 3
    assert [read_metric_event(value).payload.clicks for value in logged(log)] == [3]


def test_one_id_at_two_times_is_two_facts() -> None:
    log = MemoryLog()
    times = ("2026-11-20T10:00:00Z", "2026-11-20T10:00:01Z")
    acceptance = put(log, *(metric(event_id="e-1", occurred_at=time) for time in times))
    assert (acceptance.duplicates, len(logged(log))) == (0, 2)


def test_a_rejected_one_repeats_nothing() -> None:
    acceptance = put(MemoryLog(), metric(), metric(spend="-1"))
    assert (acceptance.duplicates, len(acceptance.rejected)) == (0, 1)


def test_half_acknowledged_is_told_event_by_event() -> None:
    log = FailingLog(metric_events={1: away(2.5)})
    acceptance = put(log, metric(event_id="a"), metric(event_id="b"), metric(event_id="c"), metric(clicks=-1))
    problem = outcome_unknown(acceptance)
    states = [(one["index"], one["event_id"], one["state"]) for one in problem.extra["events"]]
    assert states == [(0, "a", "acknowledged"), (1, "b", "unknown"), (2, "c", "acknowledged")]
    assert [one["index"] for one in problem.extra["rejected"]] == [3]
    assert problem.headers == {"Retry-After": "3"}
    assert len(logged(log)) == 2


def test_all_of_one_identity_share_its_outcome() -> None:
    log = FailingLog(metric_events={0: away()})
    acceptance = put(log, metric(), metric(event_id="other"), metric(clicks=5))
    assert acceptance.unknown.keys() == {0, 2}


def test_once_a_topic_has_failed_no_further_one_is_tried() -> None:
    log = FailingLog(metric_events={0: away()})
    acceptance = put(log, metric(), metric(event_id="b"), click(), click(click_id="c-2"))
    assert log.tried == [METRIC_EVENTS]
    assert acceptance.unknown.keys() == {0, 2, 3}


def test_what_the_log_refuses_for_good_is_rejected() -> None:
    log = FailingLog(metric_events={0: InvalidEvent("too_large", "", "It is too large.")})
    told = outcomes(put(log, metric(), click()))
    assert (told["accepted"], told["event_ids"]) == (1, [None, "c-1"])
    assert told["rejected"][0]["code"] == "too_large"


def test_an_answer_holds_no_frames_of_ours() -> None:
    """A thousand rejections would keep a thousand stacks alive."""
    for index, refusal in put(MemoryLog(), metric(clicks=-1), metric(spend="-1")).rejected:
        assert refusal.__traceback__ is None, index
