"""The door to ClickHouse: a writer and a reader, each with its own credentials, pool and ceilings."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from clickhouse_driver import Client as Connection
from clickhouse_driver.errors import NetworkError, ServerException, SocketTimeoutError
from clickhouse_driver.util.escape import escape_chars_map

from runtime.config import configuration
from runtime.options import Options
from warehouse import statement_settings
from warehouse.errors import OWN_MEMORY, RETRYABLE, OutOfMemory, WarehouseRefused, WarehouseUnavailable
from warehouse.pool import Pool

Row = tuple[Any, ...]
Parameters = Mapping[str, Any]

CLIENT_NAME = "campaign-analytics"
_ESCAPES = str.maketrans(escape_chars_map)


class LongText:
    """A parameter of tens of thousands of characters: the driver would escape a text one by one."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return f"'{self._text.translate(_ESCAPES)}'"


class Reader:
    """Asks questions. Safe to share between threads, and to inherit by a fork.

    Every method raises WarehouseUnavailable for what passes by itself and WarehouseRefused for what does not.
    `feature` names who asks, in the server's query log. `parameters` fill `%(name)s`, escaped by the driver.
    """

    def __init__(self, pool: Pool[Connection], settings: dict[str, str]) -> None:
        self._pool = pool
        self._settings = settings

    def rows(self, sql: str, parameters: Parameters | None = None, *, feature: str) -> list[Row]:
        with self._connection() as connection:
            found: list[Row] = connection.execute(sql, parameters, settings=self._tagged(feature))
        return found

    def value(self, sql: str, parameters: Parameters | None = None, *, feature: str) -> Any:
        """The one value of the one row of the answer."""
        ((value,),) = self.rows(sql, parameters, feature=feature)
        return value

    def close(self) -> None:
        self._pool.close()

    def _tagged(self, feature: str) -> dict[str, str]:
        return statement_settings.tagged(self._settings, feature)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """The driver pings a connection that lay idle, and opens it again if it is dead."""
        with _translated(), self._pool.connection() as connection:
            yield connection


class Writer(Reader):
    """Also changes things. What raised WarehouseUnavailable may or may not have happened: send it again."""

    def run(self, sql: str, parameters: Parameters | None = None, *, feature: str) -> None:
        """A statement without an answer, such as INSERT … SELECT or CREATE."""
        self.rows(sql, parameters, feature=feature)

    def insert_columns(
        self, table: str, names: Sequence[str], columns: Sequence[Sequence[Any]], *, feature: str
    ) -> int:
        """Returns the number of rows once all of them are in the table and its views."""
        sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES"
        with self._connection() as connection:
            count: int = connection.execute(sql, list(columns), columnar=True, settings=self._tagged(feature))
        return count


@cache
def writer() -> Writer:
    """The writer of this process."""
    return writer_of(configuration())


@cache
def reader() -> Reader:
    """The reader of this process: whatever is sent, it changes nothing."""
    return reader_of(configuration())


def writer_of(options: Options, database: str | None = None) -> Writer:
    """`database` names another one than the configured, such as `default` before that exists."""
    user, password = options.clickhouse.user, options.clickhouse.password
    pool = _pool(options, user, password, options.warehouse.write_seconds, database)
    return Writer(pool, statement_settings.writing(options))


def reader_of(options: Options) -> Reader:
    user, password = options.clickhouse.reader_user, options.clickhouse.reader_password
    pool = _pool(options, user, password, options.warehouse.read_seconds)
    return Reader(pool, statement_settings.reading(options))


def _pool(
    options: Options, user: str, password: str, seconds: int, database: str | None = None
) -> Pool[Connection]:
    clickhouse, limits = options.clickhouse, options.warehouse

    def connect() -> Connection:
        return Connection(
            clickhouse.host,
            clickhouse.port,
            clickhouse.database if database is None else database,
            user,
            password,
            client_name=CLIENT_NAME,
            connect_timeout=limits.connect_seconds,
            sync_request_timeout=limits.connect_seconds,
            send_receive_timeout=seconds + statement_settings.SOCKET_GRACE_SECONDS,
        )

    return Pool(connect, limits.connections, limits.connect_seconds)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ServerException as error:
        raise _of_server(error) from error
    except (NetworkError, SocketTimeoutError, EOFError, OSError) as error:
        raise WarehouseUnavailable(f"ClickHouse cannot be reached: {error}") from error


def _of_server(error: ServerException) -> WarehouseUnavailable | WarehouseRefused:
    code, words = OWN_MEMORY
    if error.code == code and words in error.message:
        return OutOfMemory(f"MEMORY_LIMIT_EXCEEDED by one statement alone. ClickHouse says: {error.message}")
    known = RETRYABLE.get(error.code)
    if known:
        return WarehouseUnavailable(f"{known.name}: {known.why}. ClickHouse says: {error.message}")
    return WarehouseRefused(error.code, error.message)
