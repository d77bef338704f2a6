"""Runs the programs of a step to their end."""

import os
import subprocess
from collections.abc import Sequence

from embedded.child import launch_command
from embedded.process import Process


def run_program(
    command: Sequence[str], text: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """The program reads this text. It dies with the step, as that does with the supervisor."""
    launched = launch_command(Process(name=command[0], command=tuple(command)))
    return subprocess.run(
        launched, input=text, env=os.environ | environment, capture_output=True, text=True, check=False
    )
