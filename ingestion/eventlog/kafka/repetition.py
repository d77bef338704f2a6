"""What librdkafka tells again and again while a broker is away: of forty lines a second one is news."""

import logging
import re
import time
from collections import Counter

SILENCE_SECONDS = 30.0
_NUMBERS = re.compile(r"\d+")


class Seldom(logging.Filter):
    """Holds a line back if one that differs in numbers alone was let through within half a minute."""

    def __init__(self) -> None:
        super().__init__()
        self._silent_until: dict[str, float] = {}
        self._held_back: Counter[str] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        line = _NUMBERS.sub("#", said)
        now = time.monotonic()
        if now < self._silent_until.get(line, 0.0):
            self._held_back[line] += 1
            return False
        self._silent_until[line] = now + SILENCE_SECONDS
        if again := self._held_back.pop(line, 0):
            record.msg, record.args = f"{said} ({again} times more since it was last said)", ()
        return True
