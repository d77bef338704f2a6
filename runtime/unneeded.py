"""Keeps out what a library takes wherever it finds it, and what we never use of it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Read by clickhouse-driver when it is imported; else it writes down each day of four centuries, twice: 25 MB.
LAZY_DATES = {"CLICKHOUSE_DRIVER_LASY_DATE_LUT": "yes"}


@contextmanager
def without(package: str) -> Iterator[None]:
    """To whoever is imported within, the package seems not to be installed; once it is loaded it stays."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[package]
