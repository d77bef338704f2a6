"""`manage.py simulate`, from its arguments to the ledger and what it prints."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from msgspec import structs

from demo import simulating, simulator, terminal
from demo.notes import NotedCampaign, new_notes, write_notes
from ingestion.sources.simulated.ledger import Ledger
from ingestion.sources.simulated.load import Load, Pace
from runtime.config import configuration
from tests.integration.ingestion.simulated.strange_door import StrangeDoor, knows_no_key, strange_door


@pytest.fixture
def door() -> Iterator[StrangeDoor]:
    with strange_door() as door:
        door.make_campaign(b'{"platform": "meta", "status": "active"}')
        door.make_campaign(b'{"platform": "google", "status": "active"}')
        door.make_campaign(b'{"platform": "google", "status": "archived"}')
        yield door


@pytest.fixture(autouse=True)
def data_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A data folder with the notes of a demo."""
    options = structs.replace(configuration(), data_dir=tmp_path)
    monkeypatch.setattr(simulating, "configuration", lambda: options)
    write_notes(tmp_path, new_notes())
    return tmp_path


def simulated(door: StrangeDoor, *arguments: str) -> None:
    call_command("simulate", "--base-url", door.url, "--rate", "0", "--events", "200", *arguments)


def campaigns_of(door: StrangeDoor) -> set[str]:
    return {event["campaign_id"] for event in door.taken}


def test_it_says_what_became_of_the_events(
    door: StrangeDoor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    simulated(door, "--duplicates", "0.1", "--ledger", str(tmp_path / "ledger"))
    assert "acknowledged: 200, duplicate: " in capsys.readouterr().out
    lines = [json.loads(line) for line in (tmp_path / "ledger").read_text().splitlines()]
    assert [lines[0]["line"], lines[-1]["line"]] == ["run", "end"]
    assert lines[0]["mix"]["duplicates"] == 0.1
    assert lines[-1]["acknowledged"] == len(door.taken) == 200


def test_without_a_wish_every_campaign_but_the_archived_gets_events(door: StrangeDoor) -> None:
    simulated(door)
    assert campaigns_of(door) == {"made-1", "made-2"}


def test_named_campaigns_alone_get_events(door: StrangeDoor) -> None:
    simulated(door, "--campaigns", "cmp-2")
    assert campaigns_of(door) == {"made-2"}
    with pytest.raises(CommandError, match="no campaign cmp-9"):
        simulated(door, "--campaigns", "cmp-1,cmp-9")


def test_campaigns_that_are_missing_are_made(door: StrangeDoor) -> None:
    simulated(door, "--campaigns", "5", "--senders", "8")
    assert campaigns_of(door) == {"made-1", "made-2", "made-4", "made-5", "made-6"}


@pytest.mark.parametrize("share", ["1.5", "-0.1", "much"])
def test_a_share_lies_between_nothing_and_everything(door: StrangeDoor, share: str) -> None:
    with pytest.raises(CommandError, match="--late"):
        simulated(door, "--late", share)


def test_a_refused_key_is_said_in_one_line(door: StrangeDoor) -> None:
    door.behaviours = [knows_no_key]
    with pytest.raises(CommandError, match="401"):
        simulated(door)


def test_without_a_demo_a_key_must_be_named(door: StrangeDoor, data_dir: Path) -> None:
    (data_dir / "demo.json").unlink()
    with pytest.raises(CommandError, match="--api-key-file"):
        simulated(door)
    (data_dir / "key").write_text("ca_key_x\n")
    simulated(door, "--api-key-file", str(data_dir / "key"))
    assert len(door.taken) == 200


def test_ctrl_c_ends_the_load_after_the_batches_on_their_way(
    door: StrangeDoor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    described = terminal.described

    def interrupted(load: Load) -> str:
        if load.counts["acknowledged"]:
            load.stop.set()
        return described(load)

    monkeypatch.setattr(terminal, "described", interrupted)
    call_command("simulate", "--base-url", door.url, "--rate", "1000", "--batch", "10")
    assert "left unknown: 0" in capsys.readouterr().out
    assert door.taken


def test_a_person_sees_how_far_it_is() -> None:
    load = Load(Ledger(), Pace(events=10))
    load.counts.update({"sent": 7, "acknowledged": 5, "told unknown": 2})
    assert terminal.described(load) == "7 sent, 5 acknowledged, 0 rejected, 2 times unknown"


def test_the_demo_without_notes_or_with_a_revoked_key_says_why_it_ends(
    door: StrangeDoor, data_dir: Path
) -> None:
    port = int(door.url.rsplit(":", 1)[1])
    options = structs.replace(configuration(), data_dir=data_dir)
    options = structs.replace(options, web=structs.replace(options.web, host="127.0.0.1", port=port))
    write_notes(data_dir, structs.replace(new_notes(), campaigns=(NotedCampaign("made-1", "cmp-1", "A"),)))
    door.behaviours = [knows_no_key]
    assert "401" in simulator.simulate_demo(options)
    (data_dir / "demo.json").unlink()
    assert "demo_create" in simulator.simulate_demo(options)


def test_whatever_goes_wrong_the_demo_ends_with_the_code_that_is_not_answered_by_a_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_options: Any) -> str:
        raise ValueError("a mistake of ours")

    monkeypatch.setattr(simulator, "simulate_demo", broken)
    monkeypatch.setattr(simulator, "configure_logs", lambda _settings: None)
    with pytest.raises(SystemExit) as ended:
        simulator.main()
    assert ended.value.code == simulator.NEEDS_A_PERSON
