"""References: the names by which people and programs call a campaign, beside its UUID."""

import re
from uuid import UUID

LONGEST_REFERENCE = 64
_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,63}")


def generated_reference(number: int) -> str:
    return f"cmp-{number}"


def as_uuid(name: str) -> UUID | None:
    """The UUID that this spells, in any spelling that could stand in an address."""
    try:
        return UUID(name)
    except ValueError:
        return None


def is_reference(text: str) -> bool:
    """URL-safe, and never to be mistaken for an id."""
    return bool(_FORM.fullmatch(text)) and as_uuid(text) is None
