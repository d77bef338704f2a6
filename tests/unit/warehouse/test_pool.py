import os
import threading

import pytest

from warehouse.errors import WarehouseUnavailable
from warehouse.pool import Pool


class Connection:
    def __init__(self) -> None:
        self.disconnected = False

    def disconnect(self) -> None:
        self.disconnected = True


def pool(size: int = 2, wait_seconds: float = 0.01) -> Pool[Connection]:
    return Pool(Connection, size, wait_seconds)


def test_a_connection_is_used_again() -> None:
    connections = pool()
    with connections.connection() as first:
        pass
    with connections.connection() as second:
        pass
    assert second is first


def test_two_at_once_have_two_connections() -> None:
    connections = pool()
    with connections.connection() as first, connections.connection() as second:
        assert first is not second


class Emptied(list[Connection]):
    """Seems to hold one, which another thread takes first."""

    def __bool__(self) -> bool:
        return True


def test_whoever_comes_second_to_the_last_idle_one_opens_another() -> None:
    connections = pool()
    connections._shelf.idle = Emptied()
    with connections.connection() as own:
        assert not own.disconnected


def test_one_too_many_is_told_so_and_changes_nothing() -> None:
    connections = pool(size=1)
    refused = pytest.raises(WarehouseUnavailable, match="CA_WAREHOUSE_CONNECTIONS")
    with connections.connection() as first, refused:
        connections.connection().__enter__()
    with connections.connection() as second:
        assert second is first


def test_one_too_many_waits_for_the_first_that_is_free() -> None:
    connections = pool(size=1, wait_seconds=30)
    lent = connections.connection()
    first = lent.__enter__()
    threading.Timer(0.05, lambda: lent.__exit__(None, None, None)).start()
    with connections.connection() as second:
        assert second is first


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_after_any_error_the_connection_is_thrown_away(error: type[BaseException]) -> None:
    connections = pool(size=1)
    lending = connections.connection()
    first = lending.__enter__()
    assert not lending.__exit__(error, error(), None)
    assert first.disconnected
    with connections.connection() as second:
        assert second is not first


def test_a_connection_that_cannot_be_opened_frees_its_place() -> None:
    def fail() -> Connection:
        raise OSError

    connections: Pool[Connection] = Pool(fail, 1, 0.01)
    for _ in range(3):
        with pytest.raises(OSError), connections.connection():
            pass


def test_closing_disconnects_what_lies_idle() -> None:
    connections = pool()
    with connections.connection() as lent:
        pass
    connections.close()
    assert lent.disconnected


def test_a_forked_child_opens_its_own_and_leaves_its_parents_alone() -> None:
    connections = pool(size=1)
    with connections.connection() as idle:
        pass
    with connections.connection() as lent:
        child = os.fork()
        if not child:
            with connections.connection() as own:
                clean = own is not idle and not idle.disconnected
            os._exit(0 if clean else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert not lent.disconnected


def test_a_connection_lent_across_a_fork_stays_with_the_parent() -> None:
    connections = pool(size=1)
    lent = connections.connection()
    parents = lent.__enter__()
    child = os.fork()
    if not child:
        lent.__exit__(None, None, None)
        with connections.connection() as own:
            clean = own is not parents and not parents.disconnected
        os._exit(0 if clean else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    lent.__exit__(None, None, None)
