"""Runs the engines around the whole session; `tests/settings.py` has settled where."""

import gc
import os
from collections.abc import Generator

import pytest
from hypothesis import settings

from tests.engines import Engines

pytest_plugins = ["pytester"]  # for the tests of our own guards

ENGINES = pytest.StashKey[Engines]()

settings.register_profile("patient", settings(), deadline=None)  # a test has no limit of time
settings.register_profile("quick", settings.get_profile("patient"), max_examples=15)  # of `make check`
settings.load_profile("patient")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Who hands out the tests may be told to do without Django; those who run them are not."""
    if not os.environ.get("DJANGO_SETTINGS_MODULE"):
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)


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
