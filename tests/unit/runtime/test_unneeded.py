"""What is kept out of a process."""

import importlib
import sys

import pytest
from clickhouse_driver.columns.datecolumn import Date32Column, DateColumn

from runtime.unneeded import without

SELDOM = "this"  # a module of Python's that nobody else imports


def test_a_package_that_is_not_needed_seems_not_to_be_there(capsys: pytest.CaptureFixture[str]) -> None:
    with without(SELDOM), pytest.raises(ImportError):
        importlib.import_module(SELDOM)

    assert importlib.import_module(SELDOM) is sys.modules.pop(SELDOM)
    assert "Zen" in capsys.readouterr().out


def test_a_package_that_somebody_has_loaded_stays() -> None:
    with without("sys"):
        assert importlib.import_module("sys") is sys


def test_the_clickhouse_driver_writes_down_no_day_before_it_is_asked_for() -> None:
    assert len(DateColumn.date_lut) < 10_000
    assert len(Date32Column.date_lut_reverse) < 10_000
