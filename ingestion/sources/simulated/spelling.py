"""Times as the simulator writes them: whole milliseconds, as the log keeps them."""

from datetime import datetime


def time_text(time: datetime) -> str:
    """Of a time in UTC."""
    return time.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
