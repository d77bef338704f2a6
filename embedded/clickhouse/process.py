"""What the supervisor knows of the ClickHouse server."""

import socket
import sys
from functools import partial
from pathlib import Path
from signal import SIGTERM

from embedded.clickhouse import encoding, protocol
from embedded.clickhouse.users import user, write_users
from embedded.process import Address, NotReady, Process
from runtime.options import ClickHouse, Options
from runtime.restarts import NEEDS_A_PERSON

PROBE_SECONDS = 2.0
STOP_SECONDS = 30.0  # queries that run may finish


def server(options: Options) -> Process:
    clickhouse = options.clickhouse
    if not clickhouse.embedded:
        return Process(name="clickhouse", ready=partial(greet, clickhouse))
    users_file = options.data_dir / "run" / "clickhouse-users.json"
    return Process(
        name="clickhouse",
        command=command(clickhouse, options.data_dir / "clickhouse", users_file),
        prepare=partial(write_users_of, clickhouse, users_file),
        ready=partial(greet, clickhouse),
        address=Address(clickhouse.host, clickhouse.port, "CA_CLICKHOUSE_PORT"),
        stop_within=STOP_SECONDS,
        stop_signal=SIGTERM,
        orphan_signal=SIGTERM,
        final_exits=frozenset({NEEDS_A_PERSON}),
    )


def command(clickhouse: ClickHouse, folder: Path, users_file: Path) -> tuple[str, ...]:
    """To be run in the repository's folder."""
    line = [sys.executable, "-m", "embedded.clickhouse", "--data", str(folder), "--users", str(users_file)]
    line += ["--port", str(clickhouse.port), "--memory-mb", str(clickhouse.memory_mb)]
    return (*line, "--fsync") if clickhouse.fsync else tuple(line)


def write_users_of(clickhouse: ClickHouse, users_file: Path) -> None:
    """Hand over hashes of the passwords by a file: a command line would be seen by everybody."""
    users_file.parent.mkdir(parents=True, exist_ok=True)
    writer = user(clickhouse.user, clickhouse.password, read_only=False)
    reader = user(clickhouse.reader_user, clickhouse.reader_password, read_only=True)
    write_users(users_file, [writer, reader])


def greet(clickhouse: ClickHouse) -> None:
    """Raise NotReady or OSError unless the server lets the reader in, which opens its engine."""
    with socket.create_connection((clickhouse.host, clickhouse.port), PROBE_SECONDS) as connection:
        connection.sendall(protocol.client_hello(clickhouse.reader_user, clickhouse.reader_password))
        answer = connection.recv(1)
    if answer != encoding.varint(protocol.FromServer.HELLO):
        raise NotReady(
            f"it refuses the user {clickhouse.reader_user}" if answer else "it closed the connection"
        )
