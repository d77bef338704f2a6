"""Tells what became of the letters that were selected in a list."""

from collections import Counter
from collections.abc import Iterator

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest

from ingestion.dead_letters.models import DeadLetter, State
from ingestion.dead_letters.replaying import Part
from ingestion.errors import TransientFailure


def tell_replayed(request: HttpRequest, selected: QuerySet[DeadLetter], work: Iterator[Part]) -> None:
    """Do the work, part by part; what was replayed before a failure stays replayed."""
    replayed, refused = 0, Counter[str]()
    try:
        for part in work:
            replayed += part.replayed
            refused.update(refusal.code for refusal in part.refused.values())
    except TransientFailure as failure:
        messages.error(request, f"{failure} What was replayed stays replayed; try again.")
    if replayed:
        messages.success(request, f"{replayed:,} put on the log again.")
    if refused:
        codes = ", ".join(f"{code} {number:,}" for code, number in refused.most_common())
        messages.warning(request, f"{refused.total():,} still refused and unchanged ({codes}).")
    _tell_left(request, selected)


def tell_discarded(request: HttpRequest, selected: QuerySet[DeadLetter], discarded: int) -> None:
    messages.success(request, f"{discarded:,} discarded.")
    _tell_left(request, selected)


def _tell_left(request: HttpRequest, selected: QuerySet[DeadLetter]) -> None:
    left = selected.filter(state=State.WAITING).count()
    if left:
        messages.info(request, f"{left:,} of those selected are waiting now.")
