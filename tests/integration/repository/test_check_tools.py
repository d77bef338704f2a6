"""The tools of `make check` fail on what they are there for, with the product's own configuration."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.options import REPOSITORY
from tests.unit.repository.contracts import settings

BIN = Path(sys.executable).parent
GOOD = '"""A room."""\n\n\ndef doubled(number: int) -> int:\n    return number * 2\n'


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A folder with one well-kept module, under the product's configuration."""
    shutil.copy(REPOSITORY / "ruff.toml", tmp_path)
    types = settings()
    types.remove_option("mypy", "plugins")  # they would start Django
    types.remove_option("mypy", "files")
    with (tmp_path / "mypy.ini").open("w") as file:
        types.write(file)
    (tmp_path / "good.py").write_text(GOOD)
    return tmp_path


@pytest.mark.parametrize(
    ("tool", "bad"),
    [
        (("ruff", "format", "--check", "--no-cache"), GOOD.replace("number * 2", "number*2")),
        (
            ("ruff", "check", "--no-cache", "--output-format=concise"),
            GOOD.replace('"""A room."""', "import os"),
        ),
        (("mypy", "--config-file=mypy.ini", "--cache-dir=/dev/null"), GOOD.replace("-> int", "-> str")),
    ],
    ids=["format", "lint", "types"],
)
def test_a_tool_fails_for_the_bad_file_and_not_for_the_good_one(
    room: Path, tool: tuple[str, ...], bad: str
) -> None:
    (room / "bad.py").write_text(bad)
    program, *arguments = tool
    ran = subprocess.run(
        [BIN / program, *arguments, "good.py", "bad.py"],
        cwd=room,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "bad.py" in ran.stdout
    assert "good.py" not in ran.stdout


def test_make_check_runs_every_tool_in_the_mode_that_can_fail() -> None:
    ran = subprocess.run(
        ["make", "--dry-run", "--always-make", "check"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    for command in (
        "ruff format --check .",
        "ruff check .",
        "mypy",
        "lint-imports",
        "makemigrations --check",
        "--share 1/2 tests/unit",
        "--share 2/2 tests/unit",
    ):
        assert command in ran.stdout
    assert "|| true" not in ran.stdout
