"""Python inside a running stack, for what no route can do."""

import json
import subprocess
import sys
from typing import Any

from runtime.options import REPOSITORY
from tests.running_stack import RealStack


def run_inside(stack: RealStack, code: str, told: Any) -> None:
    """The code finds as JSON on its standard input what it is told."""
    subprocess.run(
        [sys.executable, str(REPOSITORY / "manage.py"), "shell", "--verbosity", "0", "--command", code],
        env=stack.environment,
        input=json.dumps(told),
        text=True,
        check=True,
    )
