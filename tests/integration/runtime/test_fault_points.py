"""A fault point does to a process what was armed, and nothing otherwise."""

import subprocess
import sys
from pathlib import Path
from signal import SIGKILL

from runtime.fault_points import VARIABLE

SCRIPT = "from runtime.fault_points import *; reached(FaultPoint.CONSUMER_INSERTED); print('passed')"


def ran_with(armed: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", SCRIPT], env={VARIABLE: armed}, capture_output=True, text=True, check=False
    )


def test_nothing_happens_where_nothing_is_armed() -> None:
    assert ran_with("consumer.polled=kill").stdout == "passed\n"


def test_an_armed_point_dies_as_by_kill_9() -> None:
    assert ran_with("consumer.inserted=kill").returncode == -SIGKILL


def test_a_point_that_left_its_mark_kills_once(tmp_path: Path) -> None:
    armed = f"consumer.inserted=kill:{tmp_path / 'died'}"
    assert [ran_with(armed).returncode, ran_with(armed).returncode] == [-SIGKILL, 0]


def test_the_mark_names_who_died(tmp_path: Path) -> None:
    mark = tmp_path / "died"
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], env={VARIABLE: f"consumer.inserted=kill:{mark}"}
    )
    assert process.wait() == -SIGKILL
    assert mark.read_text() == str(process.pid)


def test_a_paused_point_says_so_and_goes_on_when_its_gate_opens(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        env={VARIABLE: f"consumer.inserted=pause:{gate}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    while not gate.with_name("gate.reached").exists():
        assert process.poll() is None
    gate.touch()
    assert process.communicate()[0] == "passed\n"
