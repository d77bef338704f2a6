"""What a person sees who runs a consumer or a replay on a terminal."""

import os
import pty
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.integration.ingestion.pipeline.world import World
from tests.logged_events import metric
from tests.running_stack import wait_until

COLOURFUL = {"TERM": "xterm", "COLUMNS": "120"}


class Terminal:
    """`end` is what the process writes to; what it wrote is on the screen."""

    def __init__(self) -> None:
        self._mine, self.end = pty.openpty()
        self._written = b""
        threading.Thread(target=self._read, daemon=True).start()

    def shows(self, text: str) -> bool:
        return text.encode() in self._written

    def close(self) -> None:
        os.close(self.end)

    def _read(self) -> None:
        with suppress(OSError):  # nobody has the other end any more
            while written := os.read(self._mine, 4096):
                self._written += written


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.close()


def test_a_consumer_shows_how_far_it_is(redis_world: World, terminal: Terminal) -> None:
    redis_world.put([metric(redis_world.workspace, number) for number in range(20)])
    consumer = redis_world.consumer(terminal=terminal.end, **COLOURFUL)
    wait_until(lambda: terminal.shows("stored up to 2"), "it shows up to which time")
    wait_until(lambda: terminal.shows("20/?"), "it shows how many it has stored")
    assert consumer.drained() == 0


def test_a_replay_shows_how_much_of_it_is_done(redis_world: World, terminal: Terminal) -> None:
    redis_world.put([metric(redis_world.workspace, number) for number in range(20)])
    assert redis_world.consumer("--from-beginning", terminal=terminal.end, **COLOURFUL).ended() == 0
    wait_until(lambda: terminal.shows("replayed"), "it says what it does")
    assert terminal.shows("20/20")


def test_where_nobody_looks_it_shows_nothing(redis_world: World) -> None:
    redis_world.put([metric(redis_world.workspace, 1)])
    consumer = redis_world.consumer()
    redis_world.wait_until_drained()
    assert consumer.drained() == 0
    assert "stored up to" not in consumer.said()
