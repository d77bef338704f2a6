"""What a kill -9 of either side costs: nothing that was acknowledged, and nothing half done is seen."""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from clickhouse_driver import Client
from clickhouse_driver.errors import Error

from tests.contract.clickhouse.running import RunningServer
from tests.contract.clickhouse.waiting import wait_until

KILLS = 25
ROWS = 50
SCHEMA = (
    "CREATE TABLE raw (batch UInt32, id UInt32, version UInt64) ENGINE = ReplacingMergeTree(version)"
    " PARTITION BY id % 3 ORDER BY (batch, id)",
    "CREATE TABLE marks (batch UInt32, id UInt32) ENGINE = ReplacingMergeTree ORDER BY (batch, id)",
    "CREATE MATERIALIZED VIEW marking TO marks AS SELECT batch, id FROM raw",
)
WHOLE_BATCHES = "SELECT batch FROM {table} FINAL GROUP BY batch HAVING uniqExact(id) = {rows} ORDER BY batch"

DYING_CLIENT = """
import sys, time
from clickhouse_driver import Client
client = Client("127.0.0.1", {port}, user="writer", password="the writer's word")
def rows():
    for id in range(1000):
        yield (1, id, 1)
    print("half", flush=True)
    time.sleep(60)
client.execute("INSERT INTO default.raw VALUES", rows(), settings={{"insert_block_size": 10}})
"""


class Writer:
    """Sends numbered batches one after the other and remembers which were acknowledged."""

    def __init__(self) -> None:
        self.acknowledged: list[int] = []
        self.next = 0

    def write_until_the_server_dies(self, client: Client) -> None:
        """The batch that was not acknowledged is the first to be sent again."""
        try:
            while True:
                client.execute("INSERT INTO raw VALUES", [(self.next, id_, 1) for id_ in range(ROWS)])
                self.acknowledged.append(self.next)
                self.next += 1
        except (Error, EOFError, OSError):
            client.disconnect()


def test_acknowledged_inserts_survive_kill_after_kill(own_server: Callable[..., RunningServer]) -> None:
    server = own_server()
    _create(server)
    writer, moments = Writer(), random.Random(7)

    for _ in range(KILLS):
        sending = Thread(target=writer.write_until_the_server_dies, args=[server.client()])
        sending.start()
        time.sleep(moments.uniform(0.02, 0.5))
        server.kill()
        sending.join()
        server.start()
        with server.client() as client:
            assert _whole(client, "raw") >= set(writer.acknowledged)
            assert _whole(client, "marks") >= set(writer.acknowledged)

    assert len(writer.acknowledged) > KILLS


def test_a_batch_sent_again_ends_complete_in_the_table_and_its_view(
    own_server: Callable[..., RunningServer],
) -> None:
    server = own_server()
    _create(server)
    writer, moments = Writer(), random.Random(11)
    for _ in range(5):
        sending = Thread(target=writer.write_until_the_server_dies, args=[server.client()])
        sending.start()
        time.sleep(moments.uniform(0.05, 0.3))
        server.kill()
        sending.join()
        server.start()

    with server.client() as client:
        client.execute("INSERT INTO raw VALUES", [(writer.next, id_, 1) for id_ in range(ROWS)])

        everything = set(range(writer.next + 1))
        assert _whole(client, "raw") == everything
        assert _whole(client, "marks") == everything
        assert client.execute("SELECT count() FROM raw FINAL") == [(len(everything) * ROWS,)]


def test_a_client_killed_half_way_through_its_insert_leaves_nothing(
    own_server: Callable[..., RunningServer],
) -> None:
    server = own_server()
    _create(server)
    code = DYING_CLIENT.format(port=server.options.port)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as client:
        assert client.stdout is not None
        assert client.stdout.readline() == b"half\n"

        client.kill()

    with server.client() as witness:
        assert witness.execute("SELECT count() FROM raw") == [(0,)]
        assert witness.execute("INSERT INTO raw VALUES", [(1, 1, 1)]) == 1


def test_what_was_taken_in_of_a_given_up_insert_is_let_go(own_server: Callable[..., RunningServer]) -> None:
    server = own_server()
    with server.client() as client:
        client.execute("CREATE TABLE t (a String) ENGINE = Memory")

        def rows() -> Iterator[tuple[str]]:
            yield from (("x",) for _ in range(100))
            wait_until(lambda: server.staged_inserts() == 1)
            raise InterruptedError

        with pytest.raises(InterruptedError):
            client.execute("INSERT INTO t VALUES", rows(), settings={"insert_block_size": 10})

        wait_until(lambda: server.staged_inserts() == 0)


def test_with_fsync_an_insert_reaches_the_disk_before_its_acknowledgement(
    own_server: Callable[..., RunningServer],
) -> None:
    server = own_server(fsync=True)

    with server.client() as client:
        in_force = client.execute(
            "SELECT name, value FROM system.merge_tree_settings"
            " WHERE name IN ('fsync_after_insert', 'fsync_part_directory') ORDER BY name"
        )
        client.execute("CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a")
        synced = _file_syncs(client)
        client.execute("INSERT INTO t VALUES", [(1,)])

        assert in_force == [("fsync_after_insert", "1"), ("fsync_part_directory", "1")]
        assert _file_syncs(client) > synced


def test_with_fsync_a_merge_reaches_the_disk_before_what_it_replaces_is_removed(
    own_server: Callable[..., RunningServer],
) -> None:
    with own_server(fsync=True).client() as client:
        client.execute("CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a")
        client.execute("SYSTEM STOP MERGES t")
        for value in (1, 2):
            client.execute("INSERT INTO t VALUES", [(value,)])
        synced = _file_syncs(client)
        client.execute("SYSTEM START MERGES t")
        client.execute("OPTIMIZE TABLE t FINAL")

        assert _file_syncs(client) > synced


def _create(server: RunningServer) -> None:
    with server.client() as client:
        for statement in SCHEMA:
            client.execute(statement)


def _whole(client: Client, table: str) -> set[int]:
    return {batch for (batch,) in client.execute(WHOLE_BATCHES.format(table=table, rows=ROWS))}


def _file_syncs(client: Client) -> int:
    ((count,),) = client.execute(
        "SELECT sum(value) FROM system.events WHERE event IN ('FileSync', 'DirectorySync')"
    )
    return int(count)
