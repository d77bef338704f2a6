"""The embedded ClickHouse server against the bare engine in one process.

`make bench-engine`: one run, both sides in turn, the median of the rounds; each ratio beside its target.
"""

import math
import socket
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

from clickhouse_driver import Client
from rich.console import Console
from rich.table import Table

from benchmarks.direct_engine import DirectEngine
from benchmarks.driver_blocks import encode
from benchmarks.machine import describe
from embedded.clickhouse import protocol
from embedded.clickhouse.throw_away import ThrowAwayServer
from embedded.process_table import proportional_memory

COLUMNS = [
    ("id", "UInt64"),
    ("workspace", "UUID"),
    ("campaign", "UInt32"),
    ("platform", "LowCardinality(String)"),
    ("occurred_at", "DateTime64(3, 'UTC')"),
    ("country", "LowCardinality(String)"),
    ("event_id", "String"),
    ("impressions", "Nullable(UInt64)"),
    ("clicks", "UInt32"),
    ("spend", "Float64"),
    ("currency", "FixedString(3)"),
    ("version", "UInt64"),
]
CREATE = (
    "CREATE OR REPLACE TABLE facts ("
    + ", ".join(f"`{name}` {type_}" for name, type_ in COLUMNS)
    + ") ENGINE = MergeTree ORDER BY (campaign, occurred_at)"
)
ROWS, READ_ROWS = 1_000_000, 10_000_000
INSERT_ROUNDS, QUERY_ROUNDS, READ_ROUNDS = 3, 300, 2
READERS, CROWD_SECONDS = 16, 10.0
SMALL = (
    "SELECT platform, sum(clicks), sum(spend) FROM facts WHERE campaign = 7"
    " GROUP BY platform ORDER BY platform"
)
READ = f"SELECT number, number % 7, number / 3 FROM numbers({READ_ROWS})"


class Ratio(NamedTuple):
    what: str
    ours: float
    direct: float
    target: str
    value: float


class Sides(NamedTuple):
    client: Client
    direct: DirectEngine
    server: ThrowAwayServer


def main() -> None:
    console = Console()
    console.print(describe())
    with tempfile.TemporaryDirectory() as folder:
        server = ThrowAwayServer(Path(folder), "--memory-mb", "4096")
        started = time.perf_counter()
        server.start()
        ready, memory = time.perf_counter() - started, proportional_memory(server.process.pid)
        console.print(f"ready in {ready:.1f} s with {memory / 1e6:.0f} MB")
        direct = DirectEngine(Path(folder) / "direct", server.folder / "engine.xml")
        with _client(server) as client:
            sides = Sides(client, direct, server)
            ratios = [*_inserts(sides), *_small_queries(sides), _reading(sides)]
        direct.close()
        console.print(_table(ratios))
        console.print(_crowd(server))
        server.stop()


def _inserts(sides: Sides) -> list[Ratio]:
    """From Python values, whose encoding counts for both sides, and from a block that is encoded already."""
    values = _values()
    block = encode(COLUMNS, _fresh(values))
    insert = "INSERT INTO facts VALUES"
    sides.client.execute(CREATE)
    sides.direct.run(CREATE)
    whole = _alternate(
        INSERT_ROUNDS,
        lambda: sides.client.execute(insert, _fresh(values), columnar=True),
        lambda: sides.direct.insert("facts", encode(COLUMNS, _fresh(values))),
    )
    encoded = _alternate(
        INSERT_ROUNDS,
        lambda: _send_block(sides.client, insert, block),
        lambda: sides.direct.insert("facts", block),
    )
    return [
        _speed("insert 1M x 12, from values", whole, "at least 0.6"),
        _speed("insert 1M x 12, encoded", encoded, "at least 0.6"),
    ]


def _small_queries(sides: Sides) -> list[Ratio]:
    for execute in (sides.client.execute, sides.direct.run):
        execute("OPTIMIZE TABLE facts FINAL")  # merges in the background would hit one side only

    def measure(sql: str) -> tuple[float, float]:
        return _alternate(QUERY_ROUNDS, lambda: sides.client.execute(sql), lambda: sides.direct.run(sql))

    ours, direct = measure(SMALL)
    least, least_direct = measure("SELECT 1")
    return [
        Ratio("small query", ours, direct, "at most 1.5", ours / direct),
        Ratio("SELECT 1", least, least_direct, "", least / least_direct),
    ]


def _reading(sides: Sides) -> Ratio:
    measured = _alternate(
        READ_ROUNDS, lambda: _count(sides.client.execute_iter(READ)), lambda: _count(sides.direct.rows(READ))
    )
    return _speed("read 10M x 3, decoded", measured, "at least 0.7")


def _crowd(server: ThrowAwayServer) -> str:
    """Readers beside a writer for ten seconds. Any failure ends the benchmark."""
    over = Event()
    block = encode(COLUMNS, [column[:1000] for column in _values(1000)])
    with ThreadPoolExecutor(READERS) as pool, _client(server) as writer:
        readings = [pool.submit(_ask_until, server, over) for _ in range(READERS)]
        try:
            inserts = _insert_for(CROWD_SECONDS, writer, block)
        finally:
            over.set()
        times = sorted(seconds for reading in readings for seconds in reading.result())
    p50, p99 = times[len(times) // 2], times[math.ceil(len(times) * 0.99) - 1]
    return (
        f"{READERS} readers beside a writer: {len(times) / CROWD_SECONDS:.0f} queries/s, "
        f"{inserts / CROWD_SECONDS:.0f} inserts of 1,000 rows/s, none failed; "
        f"p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms"
    )


def _insert_for(seconds: float, writer: Client, block: bytes) -> int:
    deadline, inserts = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        _send_block(writer, "INSERT INTO facts VALUES", block)
        inserts += 1
    return inserts


def _ask_until(server: ThrowAwayServer, over: Event) -> list[float]:
    times = []
    with _client(server) as client:
        while not over.is_set():
            times.append(_seconds(lambda: client.execute(SMALL)))
    return times


def _client(server: ThrowAwayServer) -> Client:
    options = server.options
    return Client(options.host, options.port, user=options.user, password=options.password)


def _send_block(client: Client, insert: str, block: bytes) -> None:
    """The driver's insert without its encoding."""
    client.establish_connection(None)
    client.connection.send_query(insert)
    client.connection.send_external_tables(None)
    client.receive_sample_block()
    line: socket.socket = client.connection.socket
    nothing = b"\0\0"
    data = bytes([protocol.FromClient.DATA]) + protocol.DATA[1:]
    line.sendall(data)
    line.sendall(block)
    line.sendall(data + nothing)
    client.receive_end_of_insert_query()
    client.connection.is_query_executing = False


def _values(rows: int = ROWS) -> list[list[Any]]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    moments = [start + timedelta(seconds=second) for second in range(1000)]
    workspace = "12345678-9abc-def0-1234-56789abcdef0"
    platforms = ("meta", "google", "linkedin", "tiktok")
    return [
        list(range(rows)),
        [workspace] * rows,
        [row % 200 for row in range(rows)],
        [platforms[row % 4] for row in range(rows)],
        [moments[row % 1000] for row in range(rows)],
        [f"C{row % 60}" for row in range(rows)],
        [f"event-{row:012d}" for row in range(rows)],
        [None if row % 10 == 0 else row for row in range(rows)],
        [row % 50 for row in range(rows)],
        [row / 100 for row in range(rows)],
        ["EUR"] * rows,
        [1_790_000_000_000_000] * rows,
    ]


def _fresh(columns: list[list[Any]]) -> list[list[Any]]:
    """The driver encodes some types in place."""
    return [list(column) for column in columns]


def _alternate(rounds: int, ours: Callable[[], object], direct: Callable[[], object]) -> tuple[float, float]:
    """Medians of both, taken in turn, so that a noisy neighbour hits them alike."""
    pairs = [(_seconds(ours), _seconds(direct)) for _ in range(rounds)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _count(rows: Any) -> int:
    return sum(1 for _ in rows)


def _speed(what: str, measured: tuple[float, float], target: str) -> Ratio:
    ours, direct = measured
    return Ratio(what, ours, direct, target, direct / ours)


def _table(ratios: list[Ratio]) -> Table:
    table = Table("", "server", "one process", "ratio", "target", box=None)
    for ratio in ratios:
        table.add_row(
            ratio.what,
            f"{ratio.ours * 1000:,.1f} ms",
            f"{ratio.direct * 1000:,.1f} ms",
            f"{ratio.value:.2f}",
            ratio.target,
        )
    return table


if __name__ == "__main__":
    main()
