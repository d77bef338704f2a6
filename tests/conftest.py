"""Runs the engines around the whole session; `tests/settings.py` has settled where."""

import pytest

from tests.engines import Engines

pytest_plugins = ["pytester"]  # for the tests of our own guards

ENGINES = pytest.StashKey[Engines]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[ENGINES] = Engines()
    config.stash[ENGINES].start(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[ENGINES].stop()
