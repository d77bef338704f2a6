"""A server that takes connections or statements and answers none keeps nobody waiting for ever."""

import gc
import os
import socket
import sys
from collections.abc import Iterator
from threading import Thread

import pytest
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django import DjangoDbBlocker

from api.postgres.base import DatabaseWrapper
from api.postgres.keepalives import IDLE_SECONDS, INTERVAL_SECONDS, QUESTIONS
from tests.integration.telemetry.until import until

FOR_EVER = "SELECT pg_sleep(600)"


@pytest.fixture
def database(django_db_blocker: DjangoDbBlocker) -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own, as each thread of the web server has one."""
    own = connections["default"].copy()
    with django_db_blocker.unblock():
        yield own
        own.close()


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DatabaseWrapper, "longest_answer", 0.2)


@pytest.fixture
def silent_server(database: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The kernel takes its connections, as it does for a process that was stopped."""
    monkeypatch.setattr(DatabaseWrapper, "_down_until", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        database.settings_dict["PORT"] = listener.getsockname()[1]
        database.settings_dict["OPTIONS"] |= {"connect_timeout": 2}
        yield listener


@pytest.mark.usefixtures("in_a_hurry")
def test_a_statement_without_an_answer_is_given_up(database: BaseDatabaseWrapper) -> None:
    with pytest.raises(OperationalError), database.cursor() as cursor:
        cursor.execute(FOR_EVER)
    assert not database.is_usable()


@pytest.mark.usefixtures("in_a_hurry")
def test_after_a_statement_without_an_answer_a_new_connection_serves(database: BaseDatabaseWrapper) -> None:
    with pytest.raises(OperationalError), database.cursor() as cursor:
        cursor.execute(FOR_EVER)
    database.close_if_unusable_or_obsolete()
    with database.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_commands_may_take_as_long_as_they_need(database: BaseDatabaseWrapper) -> None:
    assert DatabaseWrapper.longest_answer is None
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.3)")
        assert cursor.fetchone()


@pytest.mark.parametrize(
    ("setting", "value"),
    [("idle", IDLE_SECONDS), ("interval", INTERVAL_SECONDS), ("count", QUESTIONS)],
)
def test_the_server_lets_go_of_the_locks_of_a_machine_that_is_gone(
    database: BaseDatabaseWrapper, setting: str, value: int
) -> None:
    with database.cursor() as cursor:
        cursor.execute(f"SHOW tcp_keepalives_{setting}")
        assert cursor.fetchone() == (str(value),)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the option has another name")
def test_we_notice_that_the_machine_of_the_server_is_gone(database: BaseDatabaseWrapper) -> None:
    database.ensure_connection()
    with socket.socket(fileno=os.dup(database.connection.pgconn.socket)) as ours:
        assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == IDLE_SECONDS


def test_a_server_that_takes_connections_and_says_nothing_is_given_up(
    database: BaseDatabaseWrapper, silent_server: socket.socket
) -> None:
    with pytest.raises(OperationalError):
        database.ensure_connection()


def test_after_a_failure_nobody_else_waits_for_the_server(
    database: BaseDatabaseWrapper, silent_server: socket.socket
) -> None:
    for _ in range(2):
        with pytest.raises(OperationalError):
            database.ensure_connection()
    reached, _ = silent_server.accept()
    reached.close()
    with pytest.raises(BlockingIOError):
        silent_server.accept()


def test_a_moment_after_a_failure_the_server_is_tried_again(
    database: BaseDatabaseWrapper, silent_server: socket.socket
) -> None:
    port = database.settings_dict["PORT"]
    database.settings_dict["PORT"] = connections["default"].settings_dict["PORT"]
    with pytest.raises(OperationalError):
        _connect_to(database, port)
    until(lambda: _connects(database), "the server is tried again")


def _connect_to(database: BaseDatabaseWrapper, port: int) -> None:
    elsewhere = database.copy()
    elsewhere.settings_dict["PORT"] = port
    elsewhere.ensure_connection()


def _connects(database: BaseDatabaseWrapper) -> bool:
    try:
        database.ensure_connection()
    except OperationalError:
        return False
    return True


def test_a_thread_that_ends_leaves_no_connection_behind(database: BaseDatabaseWrapper) -> None:
    """As those of the web server do, half a minute after they had something to do."""
    opened: list[int] = []

    def work() -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            opened.extend(cursor.fetchone())

    def is_gone() -> bool:
        with database.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", opened)
            return cursor.fetchone() == (0,)

    gc.disable()
    try:
        thread = Thread(target=work)
        thread.start()
        thread.join()
        until(is_gone, "its connection is closed")
    finally:
        gc.enable()
