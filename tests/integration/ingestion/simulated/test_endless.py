"""The demo's figures, with a clock of the test's own: each moment once, however often the simulator dies."""

from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ingestion.sources.simulated.campaigns import Campaign
from ingestion.sources.simulated.door import Door, DoorClosed
from ingestion.sources.simulated.endless import Endless, Noted
from ingestion.sources.simulated.facts import facts
from ingestion.sources.simulated.stretches import TICK, Stretch
from tests.integration.ingestion.simulated.strange_door import (
    StrangeDoor,
    accepts,
    knows_no_key,
    takes_all_and_tells_nothing,
    takes_half_and_tells,
)

BEGIN = datetime(2026, 11, 21, 13, 37, 11, tzinfo=UTC)
SOURCES = ("meta", "google", "linkedin", "tiktok")


class Died(BaseException):
    """As by kill -9: nothing after it runs."""


class Clock:
    """Time passes only by waiting; the simulator dies or ends after so many waits."""

    def __init__(self, now: datetime = BEGIN) -> None:
        self.now = now
        self.waits_left = 0
        self.dies = False

    def wait(self, seconds: float) -> bool:
        self.now += timedelta(seconds=seconds)
        self.waits_left -= 1
        if self.waits_left <= 0 and self.dies:
            raise Died
        return self.waits_left > 0


def campaign(number: int = 1, **fields: Any) -> dict[str, Any]:
    told = {
        "id": f"00000000-0000-0000-0000-{number:012}",
        "reference": f"cmp-{number}",
        "name": "Boots",
        "platform": "meta",
        "currency": "EUR",
        "timezone": "Europe/Berlin",
        "status": "active",
        "objective": "conversions",
        "budget": {"amount": "20.00", "currency": "EUR", "period": "daily"},
        "start_date": str(BEGIN.date() - timedelta(days=5)),
        "end_date": None,
        "version": 1,
    }
    return told | fields


def run(door: StrangeDoor, path: Path, clock: Clock, waits: int, sources: tuple[str, ...] = SOURCES) -> None:
    clock.waits_left = waits
    ours = tuple(one["id"] for one in door.campaigns)
    with closing(Door(door.url, "key")) as client:
        endless = Endless(door=client, path=path, sources=sources, clock=lambda: clock.now, wait=clock.wait)
        endless.run(1, ours)


def identities(events: list[dict[str, Any]]) -> set[tuple[str, ...]]:
    names = ("campaign_id", "kind", "occurred_at", "event_id")
    return {tuple(event[name] for name in names) for event in events}


def test_history_comes_first_and_live_ticks_begin_where_it_ends(door: StrangeDoor, tmp_path: Path) -> None:
    door.campaigns = [campaign()]
    run(door, tmp_path / "noted", Clock(), waits=400)
    metrics = [event for event in door.taken if event["kind"] == "metric"]
    days = Counter(event["occurred_at"][:10] for event in metrics)
    # The campaign's first day is the 16th, which begins in UTC at eleven in the evening of the 15th.
    assert set(days) - {"2026-11-15"} == {f"2026-11-{day}" for day in range(16, 22)}
    live = {event["occurred_at"] for event in metrics if event["occurred_at"] >= "2026-11-21T13:37"}
    assert live
    assert {int(time[17:19]) % TICK for time in live} == {0}


def test_what_a_killed_simulator_had_told_counts_once_and_nothing_is_left_out(
    door: StrangeDoor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stretches: dict[datetime, Stretch] = {}
    note = Endless._note

    def remembering(endless: Endless, noted: Noted) -> Noted:
        assert stretches.setdefault(noted.stretch.first, noted.stretch) == noted.stretch
        return note(endless, noted)

    monkeypatch.setattr(Endless, "_note", remembering)
    door.campaigns = [campaign(), campaign(2, platform="tiktok")]
    door.behaviours = [takes_all_and_tells_nothing, accepts, takes_half_and_tells, accepts] * 4 + [accepts]
    clock = Clock()
    clock.dies = True
    for waits in (1, 1, 1, 2, 1, 2, 50, 7, 100, 31, 200):
        with pytest.raises(Died):
            run(door, tmp_path / "noted", clock, waits)
        clock.now += timedelta(seconds=200 if waits == 7 else 0.7)
    *told, running = (stretches[first] for first in sorted(stretches))
    assert all(before.last == after.first for before, after in pairwise([*told, running]))
    expected = {one for stretch in told for one in identities(happening(door, stretch))}
    assert expected <= identities(door.taken) <= expected | identities(happening(door, running))
    assert len({str(event) for event in door.taken}) == len(identities(door.taken))


def happening(door: StrangeDoor, stretch: Stretch) -> list[dict[str, Any]]:
    known = [msgspec.convert(one, Campaign, strict=False) for one in door.campaigns]
    return [fact for piece in stretch.pieces() for one in known for fact in facts(1, one, piece)]


def test_a_night_without_the_simulator_is_made_up_for_by_the_hour(door: StrangeDoor, tmp_path: Path) -> None:
    door.campaigns = [campaign()]
    clock = Clock()
    run(door, tmp_path / "noted", clock, waits=60)
    clock.now += timedelta(hours=9)
    before = len(door.taken)
    run(door, tmp_path / "noted", clock, waits=60)
    missed = {event["occurred_at"] for event in door.taken[before:] if event["kind"] == "metric"}
    assert {f"2026-11-21T{hour}:00:00.000Z" for hour in range(14, 22)} <= missed


def test_without_new_figures_for_what_is_paused_archived_or_not_ours(
    door: StrangeDoor, tmp_path: Path
) -> None:
    door.campaigns = [campaign(1, status="paused"), campaign(2, status="draft"), campaign(3)]
    door.campaigns.append(campaign(4, platform="tiktok"))
    run(door, tmp_path / "noted", Clock(), waits=50, sources=("meta",))
    by_campaign = {
        number: [event for event in door.taken if event["campaign_id"] == campaign(number)["id"]]
        for number in range(1, 5)
    }
    assert not by_campaign[2]
    assert not by_campaign[4]
    assert max(event["occurred_at"] for event in by_campaign[1]) < "2026-11-18T14"
    assert max(event["occurred_at"] for event in by_campaign[3]) > "2026-11-21T13:37"


def test_a_campaign_that_somebody_made_later_is_left_alone(door: StrangeDoor, tmp_path: Path) -> None:
    door.campaigns = [campaign(1)]
    clock = Clock()
    run(door, tmp_path / "noted", clock, waits=50)
    door.campaigns.append(campaign(2))
    run(door, tmp_path / "noted", clock, waits=200)
    assert {event["campaign_id"] for event in door.taken} == {campaign(1)["id"]}


def test_a_refused_key_is_for_a_person(door: StrangeDoor, tmp_path: Path) -> None:
    door.campaigns = [campaign()]
    door.behaviours = [knows_no_key]
    with pytest.raises(DoorClosed):
        run(door, tmp_path / "noted", Clock(), waits=100)
