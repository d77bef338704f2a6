"""Runs the engines around the whole session; `tests/settings.py` has settled where."""

import gc
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.engines import Engines
from tests.shares import is_in_share

pytest_plugins = ["pytester"]  # for the tests of our own guards

ENGINES = pytest.StashKey[Engines]()

settings.register_profile("patient", settings(), deadline=None)  # a test has no limit of time
settings.register_profile("quick", settings.get_profile("patient"), max_examples=10)  # of `make unit`
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Without pytest-django nobody else knows of it; unit tests do without (`tests/unit/conftest.py`)."""
    if not pluginmanager.has_plugin("django"):
        parser.addini("DJANGO_SETTINGS_MODULE", "the settings of the suite")
    parser.addoption("--share", metavar="1/2", help="the files of one share alone (tests/shares.py)")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    share = config.getoption("--share")
    is_left_out = share and collection_path.is_file() and not is_in_share(collection_path, share)
    return True if is_left_out else None


def pytest_configure(config: pytest.Config) -> None:
    config.stash[ENGINES] = Engines()
    config.stash[ENGINES].start(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[ENGINES].stop()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected lives until the end: to look through it for garbage, over and over, finds none."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The whole server is thrown away at the end: dropping databases in it could only fail."""
    return True
