"""ClickHouse without a server: the chDB engine behind ClickHouse's native protocol, as a process of its own.

`command` writes what a supervisor runs, `ready` tells whether it answers. How to read the package, from
the socket inwards: `server` accepts, a `session` is one client, `protocol` and `blocks` are what travels,
`statements` and `settings` close the gaps between the engine and a server, `engine` is chDB.
"""

import socket
import sys
from pathlib import Path

from embedded.clickhouse import protocol
from embedded.clickhouse.users import user, write_users
from embedded.clickhouse.wire import Incoming
from runtime.options import ClickHouse

PROBE_SECONDS = 2.0


def command(options: ClickHouse, data_dir: Path) -> list[str]:
    """The line that runs the server, from the repository's folder. Writes the file of its users."""
    folder = data_dir / "clickhouse"
    users_file = data_dir / "clickhouse-users.json"
    data_dir.mkdir(parents=True, exist_ok=True)
    write_users(
        users_file,
        [
            user(options.user, options.password, read_only=False),
            user(options.reader_user, options.reader_password, read_only=True),
        ],
    )
    line = [sys.executable, "-m", "embedded.clickhouse", "--data", str(folder), "--users", str(users_file)]
    line += ["--port", str(options.port), "--memory-mb", str(options.memory_mb)]
    return [*line, "--fsync"] if options.fsync else line


def ready(options: ClickHouse) -> bool:
    """Whether the server lets the reader in and its engine has opened; waits two seconds at most."""
    try:
        with socket.create_connection((options.host, options.port), PROBE_SECONDS) as connection:
            connection.sendall(protocol.client_hello(options.reader_user, options.reader_password))
            return Incoming(connection.recv_into).varint() == protocol.FromServer.HELLO
    except (EOFError, OSError):
        return False
