"""The engines in a throw-away folder, for benchmarks that need no whole stack."""

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
def engines(**variables: str) -> Iterator[None]:
    """This process is configured for them, and by these variables, from here on."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        store_missing_secrets(folder)
        os.environ.update(throw_away_places(folder), **variables)
        with running_engines(os.environ):
            yield


@contextmanager
def prepared_engines(event_log: str) -> Iterator[None]:
    """As for a first start. Call it before Django is set up."""
    settings = "analytics_project.settings"
    with engines(CA_EVENT_LOG=event_log, CA_LOGS_LEVEL="error", DJANGO_SETTINGS_MODULE=settings):
        manage("prepare")
        yield


def manage(*arguments: str) -> None:
    """A command of the product, without what it tells."""
    command = [sys.executable, str(REPOSITORY / "manage.py"), *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
