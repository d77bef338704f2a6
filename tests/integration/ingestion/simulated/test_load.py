"""A load whatever the door does: everything is told of in the ledger, and what was unknown is sent again."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ingestion.errors import InvalidEvent, TransientFailure
from ingestion.eventlog.base import Entry
from ingestion.eventlog.topics import TOPICS
from ingestion.sources.simulated.campaigns import Campaign
from ingestion.sources.simulated.door import Door, DoorClosed
from ingestion.sources.simulated.ledger import Ledger
from ingestion.sources.simulated.load import Load, Pace
from ingestion.sources.simulated.mixing import Mix, Mixer
from tests.integration.ingestion.simulated.strange_door import (
    StrangeDoor,
    accepts,
    is_throttled,
    knows_no_key,
    rejects_what_is_negative,
    takes_all_and_tells_nothing,
    takes_half_and_tells,
    takes_nothing_and_fails,
)

CAMPAIGNS = [
    Campaign(id=f"00000000-0000-0000-0000-{n:012}", reference=f"cmp-{n}", platform="meta", currency="EUR")
    for n in range(1, 5)
]
TROUBLE = [takes_half_and_tells, takes_nothing_and_fails, takes_all_and_tells_nothing, is_throttled]

Line = dict[str, Any]
Failures = Mapping[int, InvalidEvent | TransientFailure]


def loaded(door: StrangeDoor, path: Path, mix: Mix, pace: Pace, senders: int = 2, **load: Any) -> list[Line]:
    """The ledger of a load through this door."""
    with Ledger(path) as ledger:
        Load(ledger, pace, **load).run(
            [
                (
                    Door(door.url, "key"),
                    Mixer(
                        seed=1,
                        sender=number,
                        senders=senders,
                        campaigns=CAMPAIGNS[number::senders],
                        mix=mix,
                        workspace_id="00000000-0000-0000-0000-000000000009",
                    ),
                )
                for number in range(senders)
            ]
        )
    return [json.loads(line) for line in path.read_text().splitlines()]


def sent(lines: list[Line]) -> dict[int, Line]:
    return {line["n"]: line for line in lines if line["line"] == "sent"}


def outcomes(lines: list[Line]) -> dict[int, str]:
    """The last word about each delivery."""
    last: dict[int, str] = {}
    for line in lines:
        if line["line"] == "told":
            last |= dict.fromkeys(line["acknowledged"], "acknowledged")
            last |= {one["n"]: "rejected" for one in line["rejected"]}
            last |= dict.fromkeys(line["unknown"], "unknown")
    return last


def identity(event: Line) -> tuple[str, ...]:
    return tuple(event[name] for name in ("campaign_id", "kind", "occurred_at", "event_id"))


def test_everything_that_was_sent_is_in_the_ledger_with_what_was_told(
    door: StrangeDoor, tmp_path: Path
) -> None:
    lines = loaded(door, tmp_path / "ledger", Mix(duplicates=0.1, late=0.05), Pace(events=2000, batch=100))
    assert len(sent(lines)) == len(door.taken) == 2000
    assert set(outcomes(lines).values()) == {"acknowledged"}
    assert outcomes(lines).keys() == sent(lines).keys()


def test_after_any_trouble_the_ledger_says_which_payload_stands(door: StrangeDoor, tmp_path: Path) -> None:
    door.behaviours = [*TROUBLE * 5, accepts]
    mix = Mix(duplicates=0.3, changed=0.2)
    lines = loaded(door, tmp_path / "ledger", mix, Pace(events=1000, batch=50))
    stands = {identity(event): event for event in door.taken}
    assert set(outcomes(lines).values()) == {"acknowledged"}
    by_number = sent(lines)
    assert {identity(by_number[n]["event"]): by_number[n]["event"] for n in sorted(by_number)} == stands


def test_what_was_unknown_is_sent_again_as_it_was_and_nothing_else(door: StrangeDoor, tmp_path: Path) -> None:
    door.behaviours = [takes_half_and_tells, accepts]
    loaded(door, tmp_path / "ledger", Mix(), Pace(events=10, batch=10), senders=1)
    first, second = door.requests
    assert second == first[5:]


def test_the_ledger_tells_of_a_batch_before_it_leaves(door: StrangeDoor, tmp_path: Path) -> None:
    path = tmp_path / "ledger"

    def reads_the_ledger(events: list[Line]) -> Any:
        told = [json.loads(line) for line in path.read_text().splitlines()]
        assert [line["event"] for line in told[-len(events) :]] == events
        return accepts(events)

    door.behaviours = [reads_the_ledger]
    lines = loaded(door, path, Mix(), Pace(events=300, batch=100), senders=1)
    assert Counter(outcomes(lines).values()) == {"acknowledged": 300}


def test_what_the_door_rejects_is_told_and_not_sent_again(
    door: StrangeDoor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    negative = {"negative_count": lambda body, _now: body | {"clicks": -1}}
    monkeypatch.setattr("ingestion.sources.simulated.broken._AT_THE_DOOR", negative)
    door.behaviours = [rejects_what_is_negative]
    lines = loaded(door, tmp_path / "ledger", Mix(broken=0.2), Pace(events=500, batch=50))
    broken = {n for n, line in sent(lines).items() if line["sort"] == "broken"}
    assert {n for n, told in outcomes(lines).items() if told == "rejected"} == broken
    assert 60 < len(broken) < 140
    assert {line["how"] for line in lines if line.get("sort") == "broken"} == {"negative_count"}


def test_a_refused_key_ends_the_load(door: StrangeDoor, tmp_path: Path) -> None:
    door.behaviours = [accepts, knows_no_key]
    with pytest.raises(DoorClosed, match="401"):
        loaded(door, tmp_path / "ledger", Mix(), Pace(events=1000, batch=10))


def test_an_answer_that_does_not_add_up_is_not_believed(door: StrangeDoor, tmp_path: Path) -> None:
    door.behaviours = [lambda events: (events, (202, {"accepted": len(events) - 1, "rejected": []}))]
    with pytest.raises(AssertionError, match="were sent"):
        loaded(door, tmp_path / "ledger", Mix(), Pace(events=10, batch=10))


def test_entries_go_past_the_door_until_the_log_has_them(door: StrangeDoor, tmp_path: Path) -> None:
    logged: list[Entry] = []
    topics: set[str] = set()
    calls = iter(range(1000))

    def produce(topic: str, entries: Sequence[Entry]) -> Failures:
        topics.add(topic)
        if next(calls) % 2 == 0:
            logged.extend(entries[1:])
            return {0: TransientFailure("away", retry_after=0.0)}
        logged.extend(entries)
        return {}

    mix, pace = Mix(broken_on_log=0.2), Pace(events=100, batch=50)
    lines = loaded(door, tmp_path / "ledger", mix, pace, senders=1, produce=produce)
    past = {line["n"] for line in lines if line["line"] == "sent_past_the_door"}
    assert past | sent(lines).keys() == outcomes(lines).keys()
    assert set(outcomes(lines).values()) == {"acknowledged"}
    assert len(logged) == len(past) > 5
    assert topics == set(TOPICS)


def test_a_rate_is_kept(door: StrangeDoor, tmp_path: Path) -> None:
    waits: list[float] = []

    with Ledger() as ledger:
        load = Load(ledger, Pace(rate=1000, events=100, batch=10))
        load.stop.wait = lambda timeout=None: bool(waits.append(timeout or 0.0))  # type: ignore[method-assign]
        mixer = Mixer(
            seed=1, sender=0, senders=1, campaigns=CAMPAIGNS, mix=Mix(), workspace_id=CAMPAIGNS[0].id
        )
        load.run([(Door(door.url, "key"), mixer)])
    assert waits
    assert max(waits) <= 100 / 1000
