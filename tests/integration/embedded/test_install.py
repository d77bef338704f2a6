"""Which Python an install makes its virtual environment with."""

import os
import subprocess
from pathlib import Path

INSTALL = Path("embedded/install.sh")
# New enough, and says of itself what it is told to; it makes no environment, so that an install ends there.
PYTHON = """#!/bin/sh
case "$1 $2" in
  "-c "*) exit 0 ;;
  *interpreter.py*) exit {unoptimised} ;;
  "- "*) exit 0 ;;
  --version*) echo Python 3.99 ;;
esac
[ "$1" != -m ]
"""


def pythons(folder: Path, **optimised: bool) -> Path:
    for name, is_so in optimised.items():
        python = folder / name.replace("_", ".")
        python.write_text(PYTHON.format(unoptimised=int(not is_so)))
        python.chmod(0o755)
    return folder


def chosen(path: Path, named: str = "") -> str:
    """What an install says that it takes, before it fails for want of a real one."""
    result = subprocess.run(
        ["sh", INSTALL.absolute(), "requirements/run.txt"],
        cwd=path,
        env={**os.environ, "PATH": f"{path}:{os.environ['PATH']}", "PYTHON": named},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "cannot make virtual environments" in result.stderr
    return result.stderr.splitlines()[0].rpartition("(")[2].rstrip(")")


def test_of_two_the_first_is_taken(tmp_path: Path) -> None:
    assert chosen(pythons(tmp_path, python3=True, python3_14=True)) == f"{tmp_path}/python3"


def test_one_that_was_built_with_optimisation_goes_before_one_that_was_not(tmp_path: Path) -> None:
    assert chosen(pythons(tmp_path, python3=False, python3_14=True)) == f"{tmp_path}/python3.14"


def test_the_one_that_is_named_is_taken_whatever_it_is(tmp_path: Path) -> None:
    assert chosen(pythons(tmp_path, python3=False, python3_14=True), "python3") == f"{tmp_path}/python3"
