"""The web server's start."""

import os
import subprocess
import sys

from runtime.options import REPOSITORY


def test_a_refused_configuration_ends_the_start_with_its_reasons_and_no_traceback() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "runtime.serve"],
        cwd=REPOSITORY,
        env=os.environ | {"CA_WEB_PRT": "9000"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stderr == (
        "Configuration refused:\nCA_WEB_PRT is not an option of this product. Did you mean CA_WEB_PORT?\n"
    )
