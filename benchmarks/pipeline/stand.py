"""The engines in a throw-away folder, prepared as for a first start."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.engines import running_engines, throw_away_places
from runtime.options import REPOSITORY
from runtime.stored_secrets import store_missing_secrets


@contextmanager
def engines(event_log: str) -> Iterator[None]:
    """This process is configured for them from here on. Call it before Django is set up."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        store_missing_secrets(folder)
        os.environ.update(
            throw_away_places(folder),
            CA_EVENT_LOG=event_log,
            CA_LOGS_LEVEL="error",
            DJANGO_SETTINGS_MODULE="analytics_project.settings",
        )
        with running_engines(os.environ):
            prepare = [sys.executable, str(REPOSITORY / "manage.py"), "prepare"]
            subprocess.run(prepare, check=True, stdout=subprocess.DEVNULL)
            yield
