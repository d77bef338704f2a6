"""What would grow has a bound, and what was needed once goes back."""

from collections.abc import Callable
from pathlib import Path

from clickhouse_driver import Client

from tests.contract.clickhouse.refusals import MEMORY_LIMIT, refusal
from tests.contract.clickhouse.running import RunningServer
from tests.contract.clickhouse.waiting import wait_until

MIB = 1024 * 1024


def test_the_configuration_is_in_force(shared_server: RunningServer) -> None:
    with shared_server.client() as client:
        in_force = dict(client.execute("SELECT name, toInt64OrZero(value) FROM system.server_settings"))

    bound = shared_server.options.memory_mb * MIB
    assert in_force["max_server_memory_usage"] == bound
    assert 0 < in_force["mark_cache_size"] <= bound / 8
    assert in_force["uncompressed_cache_size"] == 0
    assert in_force["background_pool_size"] <= 4
    assert in_force["max_thread_pool_size"] <= 1000


def test_the_engines_own_logs_do_not_grow_for_ever(client: Client, shared_server: RunningServer) -> None:
    client.execute("CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a")
    client.execute("INSERT INTO t VALUES", [(1,)])
    client.execute("SYSTEM FLUSH LOGS")

    logs = dict(
        client.execute(
            "SELECT name, engine_full FROM system.tables WHERE database = 'system' AND engine = 'MergeTree'"
        )
    )

    assert {"query_log", "part_log"} <= logs.keys()
    for name, engine in logs.items():
        assert "TTL" in engine, f"{name} has no end"


def test_the_server_loads_nothing_for_answers_that_nobody_asks_for(shared_server: RunningServer) -> None:
    loaded = Path(f"/proc/{shared_server.process.pid}/maps").read_text()

    assert "chdb" in loaded
    assert not [name for name in ("pyarrow", "numpy", "pandas") if name in loaded]


def test_a_query_beyond_the_servers_memory_is_refused_and_the_server_lives(
    own_server: Callable[..., RunningServer],
) -> None:
    server = own_server("--memory-mb", "400")
    with server.client() as client:
        greedy = "SELECT length(groupArray(toString(number))) FROM numbers(100000000)"

        assert refusal(client.execute, greedy).code == MEMORY_LIMIT
        assert client.execute("SELECT 1") == [(1,)]
    assert server.memory() < 700 * MIB


def test_memory_goes_back_when_nobody_asks(own_server: Callable[..., RunningServer]) -> None:
    server = own_server()
    with server.client() as client:
        client.execute("SELECT uniqExact(number) FROM numbers(6000000)")
        most = server.memory()

        wait_until(lambda: server.memory() < most / 2)

        assert client.execute("SELECT 1") == [(1,)]
