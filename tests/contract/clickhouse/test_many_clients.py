"""Thirty-two clients at once, one of them writing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from clickhouse_driver import Client

READERS = 31
BATCHES = 30
ROWS = 2_000
QUESTION = "SELECT uniqExact(batch), count() FROM t"


def test_readers_beside_a_writer_see_whole_inserts_and_none_fails(connect: Callable[..., Client]) -> None:
    writer = connect()
    writer.execute("CREATE TABLE t (batch UInt32, id UInt32) ENGINE = MergeTree ORDER BY (batch, id)")
    written = Event()

    with ThreadPoolExecutor(READERS) as pool:
        readings = [pool.submit(_read_until, connect(), written) for _ in range(READERS)]
        try:
            for batch in range(BATCHES):
                writer.execute("INSERT INTO t VALUES", [[batch] * ROWS, list(range(ROWS))], columnar=True)
        finally:
            written.set()

    for reading in readings:
        seen = reading.result()
        assert seen
        assert all(rows == batches * ROWS for batches, rows in seen)
        assert seen == sorted(seen)
    assert writer.execute(QUESTION) == [(BATCHES, BATCHES * ROWS)]


def test_several_writers_lose_nothing(connect: Callable[..., Client]) -> None:
    connect().execute("CREATE TABLE t (batch UInt32, id UInt32) ENGINE = MergeTree ORDER BY (batch, id)")
    writers = [connect() for _ in range(4)]

    def write(number: int) -> None:
        for id_ in range(25):
            writers[number].execute("INSERT INTO t VALUES", [(number, id_)])

    with ThreadPoolExecutor(len(writers)) as pool:
        list(pool.map(write, range(len(writers))))

    assert writers[0].execute("SELECT count(), uniqExact(batch, id) FROM t") == [(100, 100)]


def _read_until(client: Client, end: Event) -> list[tuple[int, int]]:
    seen: list[tuple[int, int]] = []
    while not end.is_set() or not seen:
        seen += client.execute(QUESTION)
    return seen
