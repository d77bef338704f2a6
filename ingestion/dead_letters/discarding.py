"""Gives dead letters up, for a reason that somebody writes down."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from ingestion.dead_letters.models import DeadLetter, State
from ingestion.dead_letters.replaying import locked, parts
from runtime.telemetry.metrics import Metric, count


def discard_many(letter_ids: Sequence[int], *, by: str, note: str) -> int:
    """How many waited and were discarded. The note is mandatory."""
    if not note.strip():
        raise ValueError("A discarded letter says why.")
    return sum(_discard(some, by, note.strip()) for some in parts(letter_ids))


def _discard(letter_ids: Sequence[int], by: str, note: str) -> int:
    with transaction.atomic(durable=True):
        letters = list(locked(letter_ids))
        for letter in letters:
            letter.state, letter.note = State.DISCARDED, note
            letter.changed_by, letter.changed_at = by, timezone.now()
            letter.save(update_fields=["state", "note", "changed_by", "changed_at"])
    count(Metric.DEAD_LETTERS_DISCARDED, len(letters))
    return len(letters)


def forget_settled(*, before: datetime) -> int:
    """Delete what was replayed or discarded before that time; how many."""
    settled = DeadLetter.objects.filter(changed_at__lt=before).exclude(state=State.WAITING)
    # Past the signals of `delete`, which would load every payload only to audit what nobody did.
    return settled._raw_delete(settled.db)
