"""What is known of the running stack comes from the file that its supervisor writes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from demo.stack import base_url, running_processes
from runtime.options import Web
from runtime.processes import birth


def written(data_dir: Path, text: str) -> Path:
    (data_dir / "run").mkdir()
    (data_dir / "run" / "stack.json").write_text(text)
    return data_dir


def test_the_processes_of_a_living_supervisor_are_known(tmp_path: Path) -> None:
    state = {"supervisor": os.getpid(), "supervisor_birth": birth(os.getpid()), "processes": {"web": 17}}
    assert running_processes(written(tmp_path, json.dumps(state))) == {"web": 17}


def test_a_process_that_got_the_pid_of_a_dead_supervisor_is_none(tmp_path: Path) -> None:
    state = {"supervisor": os.getpid(), "supervisor_birth": 1, "processes": {"web": 17}}
    assert running_processes(written(tmp_path, json.dumps(state))) is None


def test_a_supervisor_that_died_left_nothing_running(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    state = {"supervisor": gone.pid, "processes": {"web": 17}}
    assert running_processes(written(tmp_path, json.dumps(state))) is None


@pytest.mark.parametrize("text", ["", "{", "{}", '{"supervisor": 1}', '{"supervisor": "x", "processes": {}}'])
def test_a_file_that_makes_no_sense_means_that_nothing_runs(tmp_path: Path, text: str) -> None:
    assert running_processes(written(tmp_path, text)) is None


def test_without_the_file_nothing_runs(tmp_path: Path) -> None:
    assert running_processes(tmp_path) is None


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("box.example.com", "http://box.example.com:8000"),
    ],
)
def test_the_address_is_one_that_answers_on_this_machine(host: str, url: str) -> None:
    assert base_url(Web(host=host)) == url
