"""A disk that fills under a running stack: nothing accepted is lost, and all goes on once there is room."""

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from shutil import disk_usage
from typing import Any

import pytest

from embedded.clickhouse.configuration import KEPT_FREE_BYTES
from tests.integration.embedded.dummies import DummyStack
from tests.running_stack import RealStack, wait_until
from warehouse.client import reader_of

SIZE_MB = 600
OCCURRED = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
STORED = "SELECT DISTINCT event_id FROM metric_events WHERE startsWith(event_id, 'full-')"
FULL, ROOM = "The disk is full", "There is room on the disk again"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=0755", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mounting, check=False).returncode:
        pytest.skip("Only root can mount a small disk, and not in every container: no disk was filled.")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path, leaving: int = 0) -> Path:
    """Leave about so many bytes; of none not one."""
    ballast = disk / "ballast"
    for chunk in (1 << 20, 4096, 1):
        with ballast.open("ab", buffering=0) as file, suppress(OSError):
            while disk_usage(disk).free > leaving + chunk or not leaving:
                file.write(b"x" * chunk)
    return ballast


def test_nothing_is_started_on_a_full_disk_until_there_is_room(disk: Path) -> None:
    with DummyStack(disk / "data").torn_down() as stack:
        stack.printed = disk.parent / "printed"
        stack.add("server").up()
        ballast = fill(disk)
        stack.wait_for_line(f"tell: {FULL}")
        stack.kill("server")
        stack.wait_for_line("tell: server ended with signal SIGKILL")
        time.sleep(0.5)  # many turns of the supervisor
        assert stack.journal().count("server starts") == 1

        ballast.unlink()
        stack.wait_for_line(f"tell: {ROOM}")
        stack.wait_for_line("tell: server is ready")
        assert stack.said().count(FULL) == 1


class Sender:
    """Sends an event a time, and remembers which were accepted."""

    def __init__(self, demo: dict[str, Any]) -> None:
        self._url = f"{demo['base_url']}/api/v1/events/"
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {demo['api_key']}"}
        self.sent = 0
        self.accepted: set[str] = set()

    def send(self) -> tuple[int, str | None]:
        """The status of the answer, and when to come again."""
        self.sent += 1
        event = {"kind": "metric", "event_id": f"full-{self.sent}", "occurred_at": OCCURRED}
        body = json.dumps(event | {"campaign_id": "cmp-1", "platform": "meta", "clicks": 1}).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(self._url, body, self._headers)) as answer:
                self.accepted.add(event["event_id"])
                return answer.status, None
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.headers["Retry-After"]


def test_what_a_full_disk_cannot_take_is_refused_and_what_was_accepted_is_counted(disk: Path) -> None:
    stack = RealStack(disk / "data")
    stack.printed = disk.parent / "printed"
    with stack.torn_down():
        stack.up()
        sender = Sender(stack.demo())
        assert [sender.send() for _ in range(10)] == [(202, None)] * 10

        fill(disk, leaving=KEPT_FREE_BYTES - (20 << 20))
        stack.wait_for_line(FULL)
        assert [sender.send() for _ in range(10)] == [(202, None)] * 10  # the log still has room
        ballast = fill(disk)
        wait_until(lambda: sender.send()[0] != 202, "the log has no room left")
        refusals = {sender.send() for _ in range(50)}
        assert {status for status, _ in refusals} == {503}
        assert all(wait and int(wait) >= 1 for _, wait in refusals)

        ballast.unlink()
        stack.wait_for_line(ROOM)
        wait_until(lambda: sender.send()[0] == 202, "the door takes events again")
        wait_until(lambda: stored(stack) >= sender.accepted, "all that was accepted is stored")
        assert stack.said().count(FULL) == 1


def stored(stack: RealStack) -> set[str]:
    with closing(reader_of(stack.options())) as reader:
        return {row[0] for row in reader.rows(STORED, feature="tests")}
