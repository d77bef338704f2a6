import pytest
from clickhouse_driver.errors import NetworkError, ServerException, SocketTimeoutError

from warehouse.client import Reader
from warehouse.errors import RETRYABLE, WarehouseFailure, WarehouseRefused, WarehouseUnavailable
from warehouse.pool import Pool


def reader_that_fails(error: Exception) -> Reader:
    def fail() -> None:
        raise error

    return Reader(Pool(fail, 1, 0.01), {})  # type: ignore[type-var]  # it never opens a connection


@pytest.mark.parametrize("code", RETRYABLE)
def test_a_code_of_the_table_passes_by_itself(code: int) -> None:
    with pytest.raises(WarehouseUnavailable, match=RETRYABLE[code].name):
        reader_that_fails(ServerException("no", code)).rows("SELECT 1", feature="test")


@pytest.mark.parametrize("code", [60, 62, 516, 469, 123456])
def test_any_other_code_does_not(code: int) -> None:
    with pytest.raises(WarehouseRefused, match=str(code)) as caught:
        reader_that_fails(ServerException("no", code)).rows("SELECT 1", feature="test")
    assert caught.value.code == code


@pytest.mark.parametrize(
    "error",
    [
        NetworkError("gone"),
        SocketTimeoutError("late"),
        EOFError("cut"),
        ConnectionResetError("reset"),
        BrokenPipeError("pipe"),
        TimeoutError("late"),
    ],
)
def test_a_broken_network_passes_by_itself(error: Exception) -> None:
    with pytest.raises(WarehouseUnavailable, match="cannot be reached"):
        reader_that_fails(error).rows("SELECT 1", feature="test")


@pytest.mark.parametrize("code", [60, 241])
def test_the_reason_has_no_stack_trace(code: int) -> None:
    with pytest.raises(WarehouseFailure) as caught:
        reader_that_fails(ServerException("DB::Exception: no. Stack trace:\n\n0. main", code)).rows(
            "SELECT 1", feature="test"
        )
    assert caught.value.reason.endswith("DB::Exception: no.")


def test_a_mistake_of_ours_is_no_outage() -> None:
    with pytest.raises(KeyError):
        reader_that_fails(KeyError("ours")).rows("SELECT 1", feature="test")
