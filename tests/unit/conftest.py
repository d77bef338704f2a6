"""`make unit` does without pytest-django: the ten fixtures of each test cost more than most tests."""

import os

import django
import pytest
from django.test.utils import setup_test_environment

from tests.unit.network_guard import pytest_runtest_call, pytest_runtest_setup

__all__ = ["pytest_runtest_call", "pytest_runtest_setup"]


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.has_plugin("django"):
        os.environ["DJANGO_SETTINGS_MODULE"] = config.getini("DJANGO_SETTINGS_MODULE")
        django.setup()
        setup_test_environment()
