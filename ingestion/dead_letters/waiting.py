"""How many dead letters wait for a person."""

from ingestion.dead_letters.models import DeadLetter, State


def letters_waiting() -> int:
    return DeadLetter.objects.filter(state=State.WAITING).count()
