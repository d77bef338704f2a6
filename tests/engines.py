"""Where the suite's own engines listen, and when they run.

The process that pytest was started as owns them; xdist's workers and all child processes inherit CA_* and use
the same. Each worker has a database of its own in them, as pytest-django sees to in Postgres: a tick of one
would work off the marks of another.
"""

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from embedded.engines import running_engines, throw_away_places
from runtime.catalogue import PREFIX
from runtime.config import TEST_PREFIX
from runtime.stored_secrets import store_missing_secrets

OWNER = f"{TEST_PREFIX}ENGINES_OWNER"
NEED_NO_ENGINE = Path(__file__).with_name("unit")


def settle_places() -> None:
    """Choose a throw-away folder and free ports, once for all processes of a run; drop outside options."""
    if OWNER in os.environ:
        if worker := os.environ.get("PYTEST_XDIST_WORKER"):
            # What a test starts goes where that test says.
            os.environ.setdefault("CA_CLICKHOUSE_DATABASE", f"tests_{worker}")
        return
    for name in [name for name in os.environ if name.startswith(PREFIX) and not name.startswith(TEST_PREFIX)]:
        del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="campaign-analytics-"))
    folder.chmod(0o755)  # as root, Postgres runs as another user
    store_missing_secrets(folder)
    os.environ.update(throw_away_places(folder), **{OWNER: str(os.getpid())})


class Engines:
    """Runs the engines for one session, if this process owns them and a selected test can need them."""

    def __init__(self) -> None:
        self._running = ExitStack()

    def start(self, config: pytest.Config) -> None:
        if _is_owner() and not config.option.collectonly and _needs_engines(config):
            self._running.enter_context(running_engines(os.environ))

    def stop(self) -> None:
        self._running.close()
        if _is_owner():
            shutil.rmtree(os.environ["CA_DATA_DIR"])


def _is_owner() -> bool:
    return os.environ.get(OWNER) == str(os.getpid())


def _needs_engines(config: pytest.Config) -> bool:
    selected = [Path(config.invocation_params.dir, argument.partition("::")[0]) for argument in config.args]
    return not all(path.resolve().is_relative_to(NEED_NO_ENGINE) for path in selected)
