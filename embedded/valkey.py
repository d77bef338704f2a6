"""The two Valkey servers: one keeps the event log and Celery's queues, one may forget everything."""

import socket
from functools import partial
from pathlib import Path
from signal import SIGTERM

from embedded.process import Address, NotReady, Process
from embedded.wheels import valkey_server
from runtime.options import Options, RedisCache, RedisLog

# An acknowledgement of the log server is on the disk, and it never drops a key to make room.
DURABLE = ("appendonly yes", "appendfsync always", "maxmemory-policy noeviction")
# Rate limits and caches: what was used last stays. Refusing writes would turn a full cache into errors.
FORGETFUL = ("appendonly no", "maxmemory-policy allkeys-lru")


def log_server(options: Options) -> Process:
    server = options.redis_log
    if not server.embedded:
        return Process(name="redis_log", ready=_answers(server))
    return _server("redis_log", server, options.data_dir, DURABLE)


def cache_server(options: Options) -> Process:
    server = options.redis_cache
    if not server.embedded:
        return Process(name="redis_cache", ready=_answers(server))
    bound = f"maxmemory {server.memory_mb}mb"
    return _server("redis_cache", server, options.data_dir, (*FORGETFUL, bound))


def ping(host: str, port: int, password: str) -> None:
    """Raise NotReady or OSError unless the server takes the password and serves commands."""
    with socket.create_connection((host, port), timeout=2) as connection:
        answers = connection.makefile("rb")
        if password:
            connection.sendall(_command("AUTH", password))
            _expect(b"+OK", answers.readline())
        connection.sendall(_command("PING"))
        _expect(b"+PONG", answers.readline())


def _server(name: str, server: RedisLog | RedisCache, data_dir: Path, settings: tuple[str, ...]) -> Process:
    config = data_dir / "run" / f"{name}.conf"
    return Process(
        name=name,
        command=(str(valkey_server()), str(config)),
        prepare=partial(_prepare, config, data_dir / name, server, settings),
        ready=_answers(server),
        address=Address(server.host, server.port, f"CA_{name.upper()}_PORT"),
        stop_signal=SIGTERM,
        orphan_signal=SIGTERM,
    )


def _answers(server: RedisLog | RedisCache) -> partial[None]:
    return partial(ping, server.host, server.port, server.password)


def _prepare(config: Path, folder: Path, server: RedisLog | RedisCache, settings: tuple[str, ...]) -> None:
    """Write the configuration file; on the command line everybody on the machine would see the password."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        f"bind {server.host}",
        f"port {server.port}",
        f"dir {_quoted(str(folder))}",
        f"requirepass {_quoted(server.password)}",
        'save ""',
        "daemonize no",
        *settings,
    ]
    config.parent.mkdir(parents=True, exist_ok=True)
    config.unlink(missing_ok=True)
    config.touch(mode=0o600)
    config.write_text("\n".join(lines) + "\n")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _command(*words: str) -> bytes:
    parts = [f"${len(word.encode())}\r\n{word}\r\n" for word in words]
    return f"*{len(parts)}\r\n{''.join(parts)}".encode()


def _expect(wanted: bytes, line: bytes) -> None:
    if not line.startswith(wanted):
        raise NotReady(line.decode(errors="replace").strip() or "it closed the connection")
