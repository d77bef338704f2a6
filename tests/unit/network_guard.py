"""A unit test that reaches for the network fails, even if the code under test swallows the exception."""

import sys
from collections.abc import Generator
from typing import Any

import pytest
import urllib3  # noqa: F401  # DRF imports it, and it looks for IPv6 while it is imported: not within a test
from psycopg import generators

EVENTS = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo"})


class TouchedTheNetwork(Exception):
    """Raised where the test reaches out, and again at its end."""


class Guard:
    """Sees every Python socket by CPython's audit events, and Postgres, whose client is C, at its door."""

    def __init__(self) -> None:
        self.touched: list[str] | None = None
        sys.addaudithook(self._see)
        self._connect_postgres = generators.connect
        generators.connect = self._see_postgres

    def watch(self) -> Generator[None]:
        self.touched = []
        try:
            yield
        finally:
            touched, self.touched = self.touched, None
        if touched:
            pytest.fail(f"A unit test touched the network: {', '.join(touched)}")

    def _see(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.touched is not None and event in EVENTS:
            self._refuse(f"{event} {arguments[1:]}")

    def _see_postgres(self, *arguments: Any, **options: Any) -> Any:
        if self.touched is not None:
            self._refuse("psycopg.connect")
        return self._connect_postgres(*arguments, **options)

    def _refuse(self, what: str) -> None:
        assert self.touched is not None
        self.touched.append(what)
        raise TouchedTheNetwork(what)


GUARD = Guard()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None]:
    yield from GUARD.watch()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None]:
    yield from GUARD.watch()
