"""Puts dead letters on the log again, as they lay there or as somebody mended them.

A letter's state changes only once the log has acknowledged its event. A crash in between has it replayed
again, which counts once: the event has the same identity.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.models import Campaign
from ingestion.dead_letters.models import NEXT_TO_REPLAY, DeadLetter, State
from ingestion.dead_letters.postgres import needs_postgres
from ingestion.dead_letters.reading import event_of
from ingestion.errors import InvalidEvent, TransientFailure
from ingestion.eventlog.opening import event_log
from ingestion.eventlog.sending import put_events
from ingestion.events.bounds import check_raw_floor, unknown_campaign
from ingestion.events.coding import encode
from ingestion.events.envelope import Event
from runtime.fault_points import FaultPoint, reached
from runtime.telemetry.metrics import Metric, count

AT_ONCE = 50  # letters that are locked together; each may have a megabyte


class NotWaiting(Exception):
    """Somebody has replayed or discarded the letter, or is just doing so."""


class Part(NamedTuple):
    """What became of some letters of a run."""

    replayed: int
    refused: Mapping[str, InvalidEvent]  # by place: still no events, and unchanged


def waiting(letters: QuerySet[DeadLetter], most: int) -> list[int]:
    """Of these letters those whose turn it is, for one run: what was refused before keeps nobody waiting."""
    found = letters.filter(state=State.WAITING).order_by(*NEXT_TO_REPLAY)
    return list(found.values_list("id", flat=True)[:most])


def replay_one(letter_id: int, *, by: str, payload: bytes | None = None) -> None:
    """With another payload, if one is given. Raises InvalidEvent, NotWaiting or TransientFailure."""
    part = _replay([letter_id], by, payload)
    for refusal in part.refused.values():
        raise refusal
    if not part.replayed:
        raise NotWaiting


def replay_many(letter_ids: Sequence[int], *, by: str) -> Iterator[Part]:
    """Part by part, without those that wait no more. Raises TransientFailure and may then be repeated."""
    for some in parts(letter_ids):
        yield _replay(some, by)


def examine_many(letter_ids: Sequence[int]) -> Iterator[Part]:
    """What `replay_many` would do now."""
    for some in parts(letter_ids):
        with needs_postgres():
            letters = DeadLetter.objects.filter(id__in=some, state=State.WAITING)
            found = _sort_out([(letter, bytes(letter.payload)) for letter in letters])
        yield Part(len(found.events), found.refused)


def parts(letter_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """So many that locking and reading them at once costs nobody anything."""
    for start in range(0, len(letter_ids), AT_ONCE):
        yield letter_ids[start : start + AT_ONCE]


class _SortedOut(NamedTuple):
    events: list[tuple[DeadLetter, Event]]
    refused: dict[str, InvalidEvent]


def _replay(letter_ids: Sequence[int], by: str, payload: bytes | None = None) -> Part:
    with needs_postgres(), transaction.atomic(durable=True):
        letters = list(locked(letter_ids))
        found = _sort_out([(letter, _given(payload, letter)) for letter in letters])
        acknowledged, failure = _produce(found)
        reached(FaultPoint.REPLAY_PRODUCED)
        for letter, event in acknowledged:
            _change(letter, by, None if payload is None else encode(event))
        _to_the_back([letter for letter in letters if letter.place in found.refused])
    if acknowledged:
        count(Metric.DEAD_LETTERS_REPLAYED, len(acknowledged))
    if failure:
        raise failure
    return Part(len(acknowledged), found.refused)


def _given(payload: bytes | None, letter: DeadLetter) -> bytes:
    return bytes(letter.payload) if payload is None else payload


def locked(letter_ids: Sequence[int]) -> QuerySet[DeadLetter]:
    """Those that wait and that nobody else has in hand."""
    free = DeadLetter.objects.select_for_update(skip_locked=True)
    return free.filter(id__in=letter_ids, state=State.WAITING).order_by(*NEXT_TO_REPLAY)


def _sort_out(payloads: Sequence[tuple[DeadLetter, bytes]]) -> _SortedOut:
    """Which are events by now: of a campaign that there is, and of days whose facts are kept."""
    found = _SortedOut([], {})
    read = []
    for letter, payload in payloads:
        try:
            read.append((letter, event_of(payload, letter.topic)))
        except InvalidEvent as refusal:
            found.refused[letter.place] = refusal
    floors = _raw_floors([event for _, event in read])
    for letter, event in read:
        try:
            _check_place(event, floors)
            found.events.append((letter, event))
        except InvalidEvent as refusal:
            found.refused[letter.place] = refusal
    return found


def _check_place(event: Event, floors: Mapping[tuple[UUID, UUID], date | None]) -> None:
    place = event.workspace_id, event.campaign_id
    if place not in floors:
        raise unknown_campaign()
    check_raw_floor(event.occurred_at, floors[place])


def _raw_floors(events: Sequence[Event]) -> dict[tuple[UUID, UUID], date | None]:
    """Of the workspaces and campaigns that there are."""
    named = Campaign.objects.filter(id__in={event.campaign_id for event in events})
    found = named.values_list("workspace_id", "id", "workspace__raw_floor")
    return {(workspace, campaign): floor for workspace, campaign, floor in found}


def _produce(found: _SortedOut) -> tuple[list[tuple[DeadLetter, Event]], TransientFailure | None]:
    """What the log acknowledged, and why it did not take the others; one too large for it is refused."""
    failures = put_events({index: event for index, (_, event) in enumerate(found.events)}, event_log())
    acknowledged: list[tuple[DeadLetter, Event]] = []
    away: TransientFailure | None = None
    for index, (letter, event) in enumerate(found.events):
        failure = failures.get(index)
        if failure is None:
            acknowledged.append((letter, event))
        elif isinstance(failure, InvalidEvent):
            found.refused[letter.place] = failure
        else:
            away = failure
    return acknowledged, away


def _to_the_back(refused: Sequence[DeadLetter]) -> None:
    """In one statement, past the audit trail: nobody has changed them."""
    if refused:
        DeadLetter.objects.filter(id__in=[letter.pk for letter in refused]).update(refused_at=timezone.now())


def _change(letter: DeadLetter, by: str, replayed_payload: bytes | None) -> None:
    """Saved one by one: the audit trail hears of saved rows alone."""
    letter.state, letter.changed_by, letter.changed_at = State.REPLAYED, by, timezone.now()
    letter.replayed_payload = replayed_payload
    letter.save(update_fields=["state", "changed_by", "changed_at", "replayed_payload"])
