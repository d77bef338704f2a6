"""Which time zones there are: the names of the IANA database."""

from functools import cache
from zoneinfo import available_timezones

_NOT_A_PLACE = frozenset({"Factory", "localtime"})


@cache
def timezone_names() -> frozenset[str]:
    """Reads the database once; a process that never checks a zone never pays for it."""
    return frozenset(available_timezones() - _NOT_A_PLACE)
