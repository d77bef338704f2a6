"""The same work at a terminal."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ingestion.dead_letters import replaying
from ingestion.dead_letters.models import ConsumerStop, DeadLetter, State
from ingestion.dead_letters.replaying import AT_ONCE
from ingestion.eventlog.memory import MemoryLog
from runtime.options import DeadLetters
from tests.integration.ingestion.dead_letters.letters import LOGGED_MS, campaign_of_its_own, mended, parked
from tests.integration.ingestion.dead_letters.test_replaying import FailingLog

pytestmark = pytest.mark.django_db

DAY_MS = 86_400_000  # LOGGED_MS is on 2026-11-18


def run(command: str, *arguments: str) -> tuple[str, str]:
    """What it wrote, and what it complained of."""
    out, err = StringIO(), StringIO()
    call_command(command, *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def states() -> dict[str, int]:
    found = list(DeadLetter.objects.values_list("state", flat=True))
    return {state: found.count(state) for state in set(found)}


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch) -> MemoryLog:
    log = MemoryLog()
    monkeypatch.setattr(replaying, "event_log", lambda: log)
    return log


def some_good(number: int, **fields: Any) -> list[DeadLetter]:
    campaign = campaign_of_its_own()
    return [parked(mended(campaign, event_id=f"e-{index}"), **fields) for index in range(number)]


def test_all_that_wait_are_replayed_with_progress_and_the_refused_are_named() -> None:
    some_good(AT_ONCE + 1)
    broken = parked(b"broken", logged_ms=LOGGED_MS + 1)
    out, err = run("replay_dead_letters")
    assert out.splitlines() == [
        f"{AT_ONCE} of {AT_ONCE + 2} …",
        f"{AT_ONCE + 2} of {AT_ONCE + 2} …",
        f"{AT_ONCE + 1} replayed, 1 refused; 1 are waiting now.",
    ]
    assert err.startswith(f"{broken.place} is refused (malformed): This is not JSON")
    assert states() == {State.REPLAYED: AT_ONCE + 1, State.WAITING: 1}
    replayed = DeadLetter.objects.filter(state=State.REPLAYED).first()
    assert replayed
    assert replayed.changed_by.endswith("manage.py replay_dead_letters")


def test_a_dry_run_says_so_and_changes_nothing(log: MemoryLog) -> None:
    some_good(2)
    parked(b"broken")
    out, _ = run("replay_dead_letters", "--dry-run")
    assert "2 would be replayed, 1 refused; 3 are waiting now." in out
    assert states() == {State.WAITING: 3}
    assert log._records == {}


@pytest.mark.parametrize(
    ("arguments", "replayed"),
    [
        (["--code", "wanted"], 1),
        (["--topic", "interactions"], 1),
        (["--since", "2026-11-19"], 1),
        (["--since", "2026-11-19T00:00:00+00:00"], 1),
        (["--max", "2"], 2),
        (["--code", "unheard_of"], 0),
    ],
)
def test_one_says_which(arguments: list[str], replayed: int) -> None:
    some_good(1, code="wanted")
    some_good(1, topic="interactions")
    some_good(1, logged_ms=LOGGED_MS + DAY_MS)
    run("replay_dead_letters", *arguments)
    assert states().get(State.REPLAYED, 0) == replayed


@pytest.mark.parametrize("most", ["0", "-1", str(DeadLetters().most_at_once + 1)])
def test_no_run_goes_beyond_the_configured_maximum(most: str) -> None:
    with pytest.raises(CommandError, match="CA_DEAD_LETTERS_MOST_AT_ONCE"):
        run("replay_dead_letters", f"--max={most}")


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(CommandError, match="yesterday is no date or time"):
        run("replay_dead_letters", "--since", "yesterday")


def test_a_log_that_is_away_is_told_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    some_good(3)
    monkeypatch.setattr(replaying, "event_log", lambda: FailingLog(good=1))
    with pytest.raises(CommandError, match="run this again"):
        run("replay_dead_letters")
    assert states() == {State.REPLAYED: 1, State.WAITING: 2}


def test_a_stop_is_told_and_acknowledged() -> None:
    assert run("consumer_stop")[0] == "Nothing stops the consumers of raw-tables.\n"
    stop = ConsumerStop.objects.create(why="Too many.", events=1, dead=1, codes={})
    assert "stand still: Too many." in run("consumer_stop")[0]
    assert "Acknowledged: Too many." in run("consumer_stop", "--acknowledge")[0]
    stop.refresh_from_db()
    assert stop.acknowledged_by.endswith("manage.py consumer_stop")
    assert run("consumer_stop", "--acknowledge")[0] == "Nothing stops the consumers of raw-tables.\n"


def test_another_group_has_stops_of_its_own() -> None:
    ConsumerStop.objects.create(group="replay", why="Too many.", events=1, dead=1, codes={})
    assert "Nothing stops" in run("consumer_stop")[0]
    assert "Too many." in run("consumer_stop", "--group", "replay")[0]
