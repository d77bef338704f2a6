"""The connection to the Redis server: our scripts and the few commands that need none."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redis import ConnectionError as Disconnected
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import OutOfMemoryError, ReadOnlyError, RedisError, ResponseError, TimeoutError
from redis.retry import Retry

from ingestion.errors import TransientFailure

SCRIPTS = Path(__file__).with_name("scripts")
CONNECT_WITHIN = 2.0
# Beginnings of error answers that time or an operator mends.
_TRANSIENT_ERRORS = (Disconnected, TimeoutError, OutOfMemoryError, ReadOnlyError)
_TRANSIENT_ANSWERS = ("LOADING", "BUSY ", "MISCONF", "MASTERDOWN", "NOREPLICAS", "TRYAGAIN")


class Server:
    """Safe to share between threads and to inherit by a fork. Everything may raise TransientFailure."""

    def __init__(self, host: str, port: int, password: str, *, answer_within: float, tries: int) -> None:
        """`tries` above one is for what may be done twice: an answer that was lost counts as not done."""
        self._retry = Retry(NoBackoff(), tries - 1, (Disconnected,))
        self._client: Any = Redis(
            host=host,
            port=port,
            password=password or None,
            socket_timeout=answer_within,
            socket_connect_timeout=min(answer_within, CONNECT_WITHIN),
            retry=self._retry,
        )
        self._scripts = {
            path.stem: self._client.register_script(path.read_text()) for path in _script_files()
        }

    def run(self, script: str, keys: Sequence[str], arguments: Sequence[Any]) -> Any:
        with transient_failures():
            return self._scripts[script](keys=keys, args=arguments)

    def ask(self, *command: Any) -> Any:
        with transient_failures():
            return self._client.execute_command(*command)

    def ask_all(self, commands: Sequence[tuple[Any, ...]]) -> list[Any]:
        """The answers in order; where one command alone failed its TransientFailure stands in its place."""
        with transient_failures():
            pipeline = self._client.pipeline(transaction=False)
            for command in commands:
                pipeline.execute_command(*command)
            answers = pipeline.execute(raise_on_error=False)
            return [as_failure(answer) if isinstance(answer, RedisError) else answer for answer in answers]

    def tell_all(self, packed: Sequence[bytes]) -> list[Any]:
        """As `ask_all`, of commands that are packed already."""
        with transient_failures():
            return list(self._retry.call_with_retry(lambda: self._exchange(packed), lambda _: None))

    def _exchange(self, packed: Sequence[bytes]) -> list[Any]:
        connection = self._client.connection_pool.get_connection()
        try:
            connection.send_packed_command([b"".join(packed)])
            return [_answer(connection) for _ in packed]
        except BaseException:  # some of the answers are still under way
            connection.disconnect()
            raise
        finally:
            self._client.connection_pool.release(connection)

    def setting(self, name: str) -> str | None:
        """A setting of the server; None where it does not tell (a hosted one often does not)."""
        try:
            with transient_failures():
                settings: dict[str, str] = self._client.config_get(name)
        except ResponseError:
            return None
        return settings.get(name)

    def clock_ms(self) -> int:
        seconds, microseconds = self.ask("TIME")
        return int(seconds) * 1000 + int(microseconds) // 1000

    def wait_for_entries(self, after: Mapping[str, str], milliseconds: int) -> None:
        """Return as soon as one of the streams has an entry after the id given for it."""
        self.ask("XREAD", "COUNT", 1, "BLOCK", milliseconds, "STREAMS", *after.keys(), *after.values())

    def close(self) -> None:
        self._client.close()


def _answer(connection: Any) -> Any:
    try:
        return connection.read_response()
    except ResponseError as error:
        return as_failure(error)


@contextmanager
def transient_failures() -> Iterator[None]:
    """Within it what time mends is raised as TransientFailure, and everything else as it is."""
    try:
        yield
    except RedisError as error:
        raise as_failure(error) from error


def as_failure(error: RedisError) -> TransientFailure:
    """The failure that an error is, if time mends it; raises any other error."""
    if isinstance(error, _TRANSIENT_ERRORS) or str(error).startswith(_TRANSIENT_ANSWERS):
        return TransientFailure(f"The server of the event log: {error}")
    raise error


def _script_files() -> list[Path]:
    return sorted(SCRIPTS.glob("*.lua"))
