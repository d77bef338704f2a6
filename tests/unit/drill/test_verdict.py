"""A drill that killed or sent less than it says has failed, however right the figures are."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.drill import oracle
from tests.drill.drill import SHARES, Load, Verdict
from tests.drill.killing import POINTS, Aim

LOAD, AIM = Load(events=1000, rate=1), Aim(at_random=20, at_points=3, pause=0)
VICTIMS = ("consumer", "worker", "clickhouse", "redis_log")


def whole_verdict(**changes: Any) -> Verdict:
    """Everything happened as often as it was to."""
    done: dict[str, Any] = {
        "at_random": Counter(dict.fromkeys(VICTIMS, 20)),
        "at_points": Counter(dict.fromkeys(POINTS, 3)),
        "stalled": 3,
        "forgotten": 100,
        "sent": 1000,
        "shares": {name: getattr(LOAD, name) for name in SHARES},
    }
    return Verdict(VICTIMS, **done | changes)


def test_a_drill_that_did_all_lacks_nothing() -> None:
    assert whole_verdict().shortfalls(LOAD, AIM) == []


@pytest.mark.parametrize(
    ("changes", "lack"),
    [
        (
            {"at_random": Counter(consumer=20, worker=19, clickhouse=20, redis_log=20)},
            "random deaths of worker",
        ),
        ({"at_points": Counter(dict.fromkeys(POINTS, 2))}, "deaths at consumer.polled"),
        ({"stalled": 2}, "consumers robbed while they stalled"),
        ({"forgotten": 99}, "events seen that the cache server forgot"),
        ({"sent": 999}, "events sent"),
        ({"shares": dict.fromkeys(SHARES, 0.005)}, "share of late"),
    ],
)
def test_what_happened_too_seldom_is_told(changes: dict[str, Any], lack: str) -> None:
    told = whole_verdict(**changes).shortfalls(LOAD, AIM)
    assert lack in [shortfall.partition(":")[0] for shortfall in told]


def event(event_id: str, occurred_at: str = "2026-11-21T12:00:00.000Z", **fields: Any) -> dict[str, Any]:
    return {"campaign_id": "1", "kind": "click", "occurred_at": occurred_at, "event_id": event_id, **fields}


def test_shares_are_what_was_really_sent_whatever_it_was_called(tmp_path: Path) -> None:
    sent = [
        event("new"),
        event("new"),
        event("new", region="DE"),
        event("late", "2026-11-20T12:00:00.000Z"),
        event("broken"),
        *(event(str(number)) for number in range(4)),
    ]
    lines: list[dict[str, Any]] = [
        {"line": "sent", "n": number, "batch": "1", "sort": "new", "event": one}
        for number, one in enumerate(sent)
    ]
    lines.append({"line": "sent_past_the_door", "n": 9, "batch": "1", "value": ""})
    told = {"line": "told", "batch": "1", "at": "2026-11-21T12:00:01+00:00"}
    accepted = [number for number in range(9) if number != 4]
    lines.append({**told, "acknowledged": accepted, "rejected": [{"n": 4}]})
    path = tmp_path / "ledger"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert oracle.shares(oracle.read_ledger(path)) == dict.fromkeys(SHARES, 0.1)
