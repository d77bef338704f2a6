"""A broker that is away for an hour fills no log."""

import logging
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from ingestion.eventlog.kafka import repetition
from ingestion.eventlog.kafka.repetition import SILENCE_SECONDS, Seldom

REFUSED = "FAIL [rdkafka#consumer-%d]: Connection refused (after %dms in state CONNECT)"


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def log(kept: Kept) -> Iterator[logging.Logger]:
    logger, seldom = logging.getLogger("test.repetition"), Seldom()
    logger.addFilter(seldom)
    logger.addHandler(kept)
    yield logger
    logger.removeHandler(kept)
    logger.removeFilter(seldom)


def test_lines_that_differ_in_numbers_alone_are_told_once(log: logging.Logger, kept: Kept) -> None:
    for number in range(500):
        log.warning(REFUSED, number, number)
    log.warning("1/1 brokers are down")
    assert kept.messages == [REFUSED % (0, 0), "1/1 brokers are down"]


def test_after_a_while_a_line_comes_again_and_says_how_many_were_held_back(
    log: logging.Logger, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        log.warning(REFUSED, 1, number)
    later = time.monotonic() + SILENCE_SECONDS
    monkeypatch.setattr(repetition, "time", SimpleNamespace(monotonic=lambda: later))
    log.warning(REFUSED, 1, 9)
    assert kept.messages[1:] == [REFUSED % (1, 9) + " (2 times more since it was last said)"]
