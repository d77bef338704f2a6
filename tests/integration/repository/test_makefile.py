"""What every command of the Makefile has in common."""

import os
import subprocess

from runtime.options import REPOSITORY


def test_python_keeps_what_it_compiled_whatever_the_environment_says() -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory", "--eval=show: ; @echo [$$PYTHONDONTWRITEBYTECODE]", "show"],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert shown.stdout == "[]\n"
