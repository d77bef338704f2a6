"""What the process that watches all others loads."""

import subprocess
import sys


def test_the_supervisor_does_not_carry_the_driver_or_the_engine() -> None:
    code = "import sys, embedded.stack; print({'clickhouse_driver', 'chdb'} & set(sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "set()"
