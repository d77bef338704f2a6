"""The guard of unit tests bites."""

import pytest

from runtime.options import REPOSITORY

GUARD = REPOSITORY / "tests" / "unit" / "network_guard.py"
SUSPECTS = """
import socket
from contextlib import suppress

import psycopg

def test_connects():
    with suppress(Exception):
        socket.create_connection(("127.0.0.1", 9))

def test_listens():
    with suppress(Exception):
        socket.socket().bind(("127.0.0.1", 0))

def test_asks_for_a_name():
    with suppress(Exception):
        socket.getaddrinfo("localhost", 80)

def test_asks_postgres():
    with suppress(Exception):
        psycopg.connect("host=127.0.0.1 port=9")

def test_stays_at_home():
    assert socket.socketpair()
"""


def test_a_unit_test_that_touches_the_network_fails_even_if_it_swallows_the_refusal(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(GUARD.read_text())
    pytester.makepyfile(SUSPECTS)

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    result.assert_outcomes(failed=4, passed=1)
    result.stdout.fnmatch_lines(
        [
            "*touched the network: socket.*",
            "*touched the network: socket.bind*",
            "*touched the network: socket.getaddrinfo*",
            "*touched the network: psycopg.connect*",
        ]
    )
