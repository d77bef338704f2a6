"""The life of the server's own process, from its command line to its end."""

import argparse
import os
import platform
import resource
import shutil
import signal
import socket
import sys
from pathlib import Path

from embedded.clickhouse.configuration import Limits
from embedded.clickhouse.errors import QueryError
from embedded.clickhouse.processor import lacks_avx2
from embedded.clickhouse.sandbox import confine_to
from embedded.clickhouse.users import read_users
from runtime.restarts import NEEDS_A_PERSON


def main() -> None:
    _require_avx2()
    arguments = _parser().parse_args()
    limits = Limits(
        memory_mb=arguments.memory_mb,
        connections=arguments.connections,
        reader_seconds=arguments.reader_seconds,
        idle_seconds=arguments.idle_seconds,
        fsync=arguments.fsync,
    )
    arguments.data.mkdir(parents=True, exist_ok=True)
    serve(arguments.data, arguments.port, arguments.users, limits)


def serve(data: Path, port: int, users_file: Path, limits: Limits) -> None:
    """Blocks until SIGTERM or SIGINT."""
    _allow_many_files()
    users = read_users(users_file)
    listener = listen(port)
    _give_temporary_folder(data / "temporary")
    if not confine_to(data):
        print("clickhouse: this kernel has no Landlock; SQL of the writer can reach every file", flush=True)
    # Only now: the engine starts threads when it is imported, and a sandbox binds later threads alone.
    from embedded.clickhouse.engine import Engine
    from embedded.clickhouse.server import Server

    try:
        engine = Engine(data, limits)
    except QueryError as error:
        sys.exit(f"clickhouse: the engine cannot open {data}: {error.message} (code {error.code})")
    server = Server(engine, users, limits)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop())
    print(f"clickhouse: engine {engine.version} answers on 127.0.0.1:{port}", flush=True)
    server.run(listener)
    sys.stdout.flush()
    os._exit(0)  # the engine's own threads do not survive the interpreter's end


def listen(port: int) -> socket.socket:
    """On loopback alone: there is no encryption, and a writer may do anything the engine can."""
    try:
        return socket.create_server(("127.0.0.1", port), backlog=128)
    except OSError as error:
        sys.exit(f"clickhouse: cannot listen on 127.0.0.1:{port}: {error.strerror}. Set CA_CLICKHOUSE_PORT.")


def _require_avx2() -> None:
    if lacks_avx2(platform.machine(), Path("/proc/cpuinfo")):
        print("clickhouse: this processor has no AVX2, which the engine needs; set CA_CLICKHOUSE_HOST.")
        sys.exit(NEEDS_A_PERSON)


def _allow_many_files() -> None:
    """Every part of a table holds files open, beside the connections; the usual 1,024 are soon used up."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _give_temporary_folder(folder: Path) -> None:
    """Inside of what the sandbox leaves; what a killed server left there goes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    os.environ["TMPDIR"] = str(folder)


def _parser() -> argparse.ArgumentParser:
    defaults = Limits()
    parser = argparse.ArgumentParser(prog="embedded.clickhouse")
    parser.add_argument("--data", type=Path, required=True, help="folder of the engine, made if missing")
    parser.add_argument("--port", type=int, required=True, help="on 127.0.0.1")
    parser.add_argument("--users", type=Path, required=True, help="file written by `write_users`")
    parser.add_argument("--memory-mb", type=int, default=defaults.memory_mb)
    parser.add_argument("--connections", type=int, default=defaults.connections)
    parser.add_argument("--reader-seconds", type=int, default=defaults.reader_seconds)
    parser.add_argument("--idle-seconds", type=float, default=defaults.idle_seconds)
    parser.add_argument("--fsync", action="store_true", help="flush to the disk before an acknowledgement")
    return parser
