"""A replayed letter is on the log before it says so, and counts once however often that happens."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from signal import SIGKILL
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from accounts.models import AuditEntry, Workspace
from ingestion.dead_letters import replaying
from ingestion.dead_letters.discarding import discard_many
from ingestion.dead_letters.models import DeadLetter, State
from ingestion.dead_letters.replaying import (
    AT_ONCE,
    NotWaiting,
    examine_many,
    replay_many,
    replay_one,
    waiting,
)
from ingestion.errors import InvalidEvent, TransientFailure
from ingestion.eventlog.base import Entry, EventLog
from ingestion.eventlog.memory import MemoryLog
from ingestion.eventlog.opening import open_log
from ingestion.events.coding import read_metric_event
from ingestion.events.identity import identity_of
from runtime.config import configuration
from runtime.options import REPOSITORY
from tests.contract.eventlog.engines import ServerLab, silence
from tests.contract.eventlog.reading import at_last
from tests.integration.ingestion.dead_letters.letters import (
    LOGGED_MS,
    Listener,
    campaign_of_its_own,
    mended,
    mended_click,
    parked,
)
from tests.integration.ingestion.event_calls import on_the_log

pytestmark = pytest.mark.django_db

WHO = "ops@example.com"


def as_it_stands(letter: DeadLetter) -> DeadLetter:
    return DeadLetter.objects.get(pk=letter.pk)


class FailingLog(MemoryLog):
    """Acknowledges so many entries, and of the others nobody knows."""

    def __init__(self, good: int) -> None:
        super().__init__()
        self._good = good
        self.tried: list[str] = []

    def produce(self, topic: str, entries: Sequence[Entry], timeout: float = 5.0) -> Any:
        self.tried.append(topic)
        super().produce(topic, entries, timeout)
        return {index: TransientFailure("away") for index in range(self._good, len(entries))}


def use(monkeypatch: pytest.MonkeyPatch, log: Any) -> None:
    monkeypatch.setattr(replaying, "event_log", lambda: log)


def test_a_letter_that_is_an_event_by_now_goes_to_the_log_as_it_lay_there(listener: Listener) -> None:
    campaign = campaign_of_its_own()
    letter = parked(mended(campaign))
    replay_one(letter.pk, by=WHO)
    [record] = listener.heard(1)
    assert (record.value, record.key) == (bytes(letter.payload), str(campaign.id).encode())
    after = as_it_stands(letter)
    assert (after.state, after.changed_by, after.replayed_payload) == (State.REPLAYED, WHO, None)
    assert after.changed_at is not None


def test_one_from_below_the_raw_floor_is_refused_for_it_would_count_nowhere(listener: Listener) -> None:
    campaign = campaign_of_its_own()
    letter = parked(mended(campaign))
    occurred = read_metric_event(bytes(letter.payload)).occurred_at.date()
    for floor, refused in ((occurred + timedelta(days=1), True), (occurred, False)):
        Workspace.objects.filter(id=campaign.workspace_id).update(raw_floor=floor)
        (part,) = replay_many([letter.pk], by=WHO)
        assert [refusal.code for refusal in part.refused.values()] == ["too_old"] * refused
        assert as_it_stands(letter).state == (State.WAITING if refused else State.REPLAYED)
    assert len(listener.heard(1)) == 1


def test_a_mended_one_goes_to_the_log_and_both_are_kept(listener: Listener) -> None:
    letter = parked(b'{"kind": "metric", "broken')
    payload = mended()
    replay_one(letter.pk, by=WHO, payload=payload)
    [record] = listener.heard(1)
    after = as_it_stands(letter)
    assert record.value == payload == bytes(after.replayed_payload or b"")
    assert bytes(after.payload) == b'{"kind": "metric", "broken'


def test_one_that_is_mended_into_another_kind_goes_to_the_topic_of_that_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = MemoryLog()
    use(monkeypatch, log)
    letter = parked(topic="interactions")
    replay_one(letter.pk, by=WHO, payload=mended())
    assert {record.partition.topic for records in log._records.values() for record in records} == {
        "metric-events"
    }


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ((b'"clicks":3', b'"clicks":-3'), "min_value", "payload.clicks"),
        ((b'"clicks":3', b'"clocks":3'), "unknown_field", "payload.clocks"),
        ((b'"kind":"metric"', b'"kind":"snapshot"'), "unknown_field", "payload.clicks"),
        ((b'{"schema_version":1', b'\xff{"schema_version":1'), "malformed", ""),
        ((b'"schema_version":1', b'"schema_version":2'), "invalid_choice", "schema_version"),
    ],
)
def test_what_is_still_no_event_is_refused_and_nothing_changes(
    change: tuple[bytes, bytes], code: str, field: str, listener: Listener
) -> None:
    letter = parked()
    with pytest.raises(InvalidEvent) as refusal:
        replay_one(letter.pk, by=WHO, payload=mended().replace(*change))
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert as_it_stands(letter).state == State.WAITING
    assert listener.heard(0) == []


def test_an_event_of_a_campaign_that_its_workspace_does_not_have_is_refused() -> None:
    ours, theirs = campaign_of_its_own(), campaign_of_its_own()
    mixed = mended(ours).replace(str(ours.id).encode(), str(theirs.id).encode())
    with pytest.raises(InvalidEvent) as refusal:
        replay_one(parked().pk, by=WHO, payload=mixed)
    assert (refusal.value.code, refusal.value.field) == ("unknown_campaign", "campaign_id")


def test_what_the_log_did_not_acknowledge_waits_on(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = parked(mended())
    use(monkeypatch, FailingLog(good=0))
    with pytest.raises(TransientFailure):
        replay_one(letter.pk, by=WHO)
    assert as_it_stands(letter).state == State.WAITING


def test_of_a_part_that_was_acknowledged_in_half_that_half_is_replayed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    campaign = campaign_of_its_own()
    letters = [parked(mended(campaign, event_id=f"e-{number}")) for number in range(4)]
    use(monkeypatch, FailingLog(good=2))
    with pytest.raises(TransientFailure):
        list(replay_many([letter.pk for letter in letters], by=WHO))
    assert [as_it_stands(letter).state for letter in letters] == ["replayed"] * 2 + ["waiting"] * 2


def test_once_a_topic_has_failed_no_further_one_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    log = FailingLog(good=0)
    use(monkeypatch, log)
    letters = [parked(mended()), parked(mended_click(), topic="interactions")]
    with pytest.raises(TransientFailure):
        list(replay_many([letter.pk for letter in letters], by=WHO))
    assert len(log.tried) == 1
    assert [as_it_stands(letter).state for letter in letters] == ["waiting"] * 2


def test_a_log_that_is_really_away_is_a_failure_that_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    options = configuration()
    nowhere = options.redis_log.__class__(port=1, password="none")
    use(monkeypatch, open_log(options.__class__(redis_log=nowhere)))
    letter = parked(mended())
    with pytest.raises(TransientFailure):
        replay_one(letter.pk, by=WHO)
    assert as_it_stands(letter).state == State.WAITING


def test_a_letter_is_replayed_or_discarded_once() -> None:
    replayed, discarded = parked(mended()), parked(mended())
    replay_one(replayed.pk, by=WHO)
    assert discard_many([replayed.pk, discarded.pk], by=WHO, note="a test of theirs") == 1
    for letter in (replayed, discarded):
        with pytest.raises(NotWaiting):
            replay_one(letter.pk, by=WHO)
    after = as_it_stands(discarded)
    assert (after.state, after.note, after.changed_by) == (State.DISCARDED, "a test of theirs", WHO)


@pytest.mark.parametrize("note", ["", " \n"])
def test_nothing_is_discarded_without_a_reason(note: str) -> None:
    letter = parked()
    with pytest.raises(ValueError, match="says why"):
        discard_many([letter.pk], by=WHO, note=note)
    assert as_it_stands(letter).state == State.WAITING


def test_many_are_replayed_oldest_first_and_the_broken_ones_are_named(listener: Listener) -> None:
    campaign = campaign_of_its_own()
    number = AT_ONCE + 3
    for index in range(number):
        payload = mended(campaign, event_id=f"e-{index}")
        parked(payload, logged_ms=LOGGED_MS - index)
    broken = parked(b"broken")
    told = list(replay_many(waiting(DeadLetter.objects.all(), 1000), by=WHO))
    assert [part.replayed + len(part.refused) for part in told] == [AT_ONCE, 4]
    assert sum(part.replayed for part in told) == number
    assert told[-1].refused[broken.place].code == "malformed"
    ids = [read_metric_event(record.value).event_id for record in listener.heard(number)]
    assert ids == [f"e-{index}" for index in reversed(range(number))]


def test_a_run_takes_no_more_than_its_maximum() -> None:
    letters = [parked(logged_ms=LOGGED_MS + index) for index in range(5)]
    assert waiting(DeadLetter.objects.all(), 3) == [letter.pk for letter in letters[:3]]


def test_those_that_are_refused_again_let_the_others_go_first() -> None:
    broken = [parked(b"broken", logged_ms=LOGGED_MS + index) for index in range(3)]
    good = parked(mended(), logged_ms=LOGGED_MS + 10)
    letters = DeadLetter.objects.all()
    [first] = replay_many(waiting(letters, 2), by=WHO)
    assert set(first.refused) == {letter.place for letter in broken[:2]}
    [second] = replay_many(waiting(letters, 2), by=WHO)
    assert (second.replayed, set(second.refused)) == (1, {broken[2].place})
    assert as_it_stands(good).state == State.REPLAYED
    assert waiting(letters, 3) == [letter.pk for letter in broken]  # the longest ago first


def test_an_examination_says_the_same_and_changes_nothing(listener: Listener) -> None:
    good, broken = parked(mended()), parked(b"broken")
    [part] = examine_many([good.pk, broken.pk])
    assert (part.replayed, list(part.refused)) == (1, [broken.place])
    assert {as_it_stands(letter).state for letter in (good, broken)} == {State.WAITING}
    assert as_it_stands(broken).refused_at is None
    assert listener.heard(0) == []


def test_the_audit_trail_names_the_change_and_shows_no_payload() -> None:
    letter = parked()
    replay_one(letter.pk, by=WHO, payload=mended(event_id="an-id-that-is-nobodys-business"))
    entry = AuditEntry.objects.get_for_object(letter).latest("id")
    assert entry.changes["state"] == ["waiting", "replayed"]
    assert "an-id-that-is-nobodys-business" not in str(entry.changes)


def test_on_every_server_what_is_an_event_is_on_the_log_and_what_is_none_waits(any_log: EventLog) -> None:
    letter, broken = parked(mended()), parked(b"broken")
    [part] = replay_many([letter.pk, broken.pk], by=WHO)
    assert (part.replayed, set(part.refused)) == (1, {broken.place})
    assert on_the_log(any_log) == [read_metric_event(bytes(letter.payload))]
    assert (as_it_stands(letter).state, as_it_stands(broken).state) == (State.REPLAYED, State.WAITING)


def test_a_letter_whose_server_answers_nobody_waits_and_is_one_fact_in_the_end(
    server_lab: ServerLab, any_log: EventLog
) -> None:
    letter = parked(mended())
    any_log.check()
    with silence(server_lab), pytest.raises(TransientFailure):
        replay_one(letter.pk, by=WHO)
    assert as_it_stands(letter).state == State.WAITING
    at_last(lambda: sum(part.replayed for part in replay_many([letter.pk], by=WHO)) == 1)
    assert {identity_of(event) for event in on_the_log(any_log)} == {
        identity_of(read_metric_event(bytes(letter.payload)))
    }


@pytest.mark.django_db(transaction=True)
def test_of_two_replays_at_once_one_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = parked(mended())
    is_sending, may_answer = Signal(), Signal()

    class SlowLog(MemoryLog):
        def produce(self, topic: str, entries: Sequence[Entry], timeout: float = 5.0) -> Any:
            is_sending.set()
            assert may_answer.wait(30)
            return super().produce(topic, entries, timeout)

    log = SlowLog()
    use(monkeypatch, log)
    first = Thread(target=in_a_connection_of_its_own(lambda: replay_one(letter.pk, by="first")))
    first.start()
    assert is_sending.wait(30)
    with pytest.raises(NotWaiting):
        replay_one(letter.pk, by="second")
    assert discard_many([letter.pk], by="third", note="a note") == 0
    may_answer.set()
    first.join()
    after = as_it_stands(letter)
    assert (after.state, after.changed_by) == (State.REPLAYED, "first")
    assert sum(len(records) for records in log._records.values()) == 1


def in_a_connection_of_its_own(work: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    return run


@pytest.mark.django_db(transaction=True)
def test_killed_between_the_log_and_the_change_it_is_replayed_again_and_is_one_fact(
    listener: Listener, tmp_path: Path
) -> None:
    letter = parked(mended())
    killed = replay_command(FAULT_POINTS=f"replay.produced=kill:{tmp_path / 'once'}")
    assert killed.returncode == -SIGKILL
    assert as_it_stands(letter).state == State.WAITING
    again = replay_command()
    assert again.returncode == 0, again.stderr
    assert as_it_stands(letter).state == State.REPLAYED
    first, second = (read_metric_event(record.value) for record in listener.heard(2))
    assert identity_of(first) == identity_of(second)
    assert first == second


def replay_command(**environment: str) -> subprocess.CompletedProcess[str]:
    database = str(connection.settings_dict["NAME"])
    return subprocess.run(
        [sys.executable, str(REPOSITORY / "manage.py"), "replay_dead_letters"],
        env=os.environ | {"CA_POSTGRES_DATABASE": database} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
