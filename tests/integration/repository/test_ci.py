"""What a change must pass: nothing that a machine lacks may be left out of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.options import REPOSITORY

NEEDED = ("chromium", "java", "mvn")
# In the place of make: what the tests would be told, and what the one that needs Kafka says to that.
MAKE = """#!/bin/sh
[ "$1" = test ] || exit 0
exec "$PYTHON_OF_TESTS" -c 'from tests.required_kafka import require_kafka; require_kafka()'
"""


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """Everything is there, so nothing is installed; but `java` and `mvn` are none, so Kafka cannot be had."""
    for name in NEEDED:
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "make").write_text(MAKE)
    for name in (*NEEDED, "make"):
        (tmp_path / name).chmod(0o755)
    return tmp_path


def test_it_fails_where_kafka_cannot_be_had_instead_of_skipping_its_tests(commands: Path) -> None:
    outside = {name: value for name, value in os.environ.items() if name != "CI"}
    ran = subprocess.run(
        [REPOSITORY / ".ci" / "run"],
        env=outside | {"PATH": f"{commands}:{os.environ['PATH']}", "PYTHON_OF_TESTS": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode != 0
    assert "Kafka must be tested here" in ran.stderr
