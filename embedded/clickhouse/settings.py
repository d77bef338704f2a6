"""The settings that clients send with a query: which are heard, and how they get in and out of force."""

import re
from collections.abc import Iterable

from embedded.clickhouse.configuration import Limits
from embedded.clickhouse.engine import EngineConnection
from embedded.clickhouse.errors import SETTING_CONSTRAINT_VIOLATION, UNKNOWN_SETTING, QueryError
from embedded.clickhouse.protocol import Setting

# A server ignores these on a native connection; the engine would answer in another format, or lose
# the name by which a running query is found.
IGNORED = {
    "chdb_client_name",
    "default_format",
    "format",
    "framing_output_format",
    "input_format",
    "output_format",
}

# A reader may shape and bound its questions. Anything else could reach outside the tables:
# some settings hold SQL, turn on functions that open files, or change the dialect.
READER_MAY_SET = {
    "distributed_product_mode",
    "do_not_merge_across_partitions_select_final",
    "extremes",
    "final",
    "group_by_overflow_mode",
    "join_algorithm",
    "join_use_nulls",
    "log_comment",
    "max_block_size",
    "max_bytes_before_external_group_by",
    "max_bytes_before_external_sort",
    "max_bytes_to_read",
    "max_columns_to_read",
    "max_execution_time",
    "max_memory_usage",
    "max_result_bytes",
    "max_result_rows",
    "max_rows_to_group_by",
    "max_rows_to_read",
    "max_rows_to_sort",
    "max_threads",
    "optimize_aggregation_in_order",
    "optimize_read_in_order",
    "prefer_localhost_replica",
    "priority",
    "read_overflow_mode",
    "readonly",
    "result_overflow_mode",
    "select_sequential_consistency",
    "session_timezone",
    "skip_unavailable_shards",
    "sort_overflow_mode",
    "timeout_overflow_mode",
    "use_query_cache",
    "use_query_condition_cache",
}

_NAME = re.compile(r"\w+")


def heard(settings: Iterable[Setting]) -> dict[str, Setting]:
    """By name, without those that mean nothing here. A name is text of the client's: checked, not trusted."""
    for setting in settings:
        if not _NAME.fullmatch(setting.name):
            raise QueryError(UNKNOWN_SETTING, f"Unknown setting {setting.name!r}.")
    return {setting.name: setting for setting in settings if setting.name not in IGNORED}


def reader_ceilings(limits: Limits) -> dict[str, str]:
    return {
        "max_execution_time": str(limits.reader_seconds),
        "max_memory_usage": str(limits.reader_memory_bytes),
    }


def reader_settings(settings: dict[str, Setting], ceilings: dict[str, str]) -> dict[str, str]:
    """What is put in force for a reader's query, `readonly` last. Raises QueryError for what it may not."""
    for name, setting in settings.items():
        if name not in READER_MAY_SET or (name == "readonly" and setting.value not in ("1", "2")):
            raise QueryError(SETTING_CONSTRAINT_VIOLATION, f"Setting {name} cannot be changed by a reader.")
        if name in ceilings and not _is_within(setting.value, ceilings[name]):
            raise QueryError(
                SETTING_CONSTRAINT_VIOLATION,
                f"Setting {name} shouldn't be greater than {ceilings[name]} for a reader.",
            )
    asked = {name: setting.value for name, setting in settings.items() if name != "readonly"}
    return {**ceilings, **asked, "readonly": "1"}


class WriterSettings:
    """Keeps a connection's settings as the last query wanted them, changing only what differs."""

    def __init__(self) -> None:
        self._in_force: dict[str, Setting] = {}
        self._statements: dict[str, str] = {}  # SET statements of the session, by what they set
        self._stale = False

    def remember(self, statement: str) -> None:
        """A SET of the client's own: it lasts, and stands again when a query's setting has gone."""
        self._statements[statement.partition("=")[0]] = statement
        self._stale = True

    def put_in_force(self, connection: EngineConnection, wanted: dict[str, Setting]) -> None:
        """Nothing of an earlier query stays: a deduplication token left behind would swallow an insert."""
        if wanted == self._in_force and not self._stale:
            return
        gone = self._in_force.keys() - wanted.keys()
        self._in_force, self._stale = {**self._in_force, **wanted}, True  # some of it, if an error comes
        if gone:
            _set_known(connection, dict.fromkeys(gone), important=set())
            for statement in self._statements.values():
                connection.run(statement)
        values: dict[str, str | None] = {name: setting.value for name, setting in wanted.items()}
        _set_known(connection, values, {name for name, setting in wanted.items() if setting.important})
        self._in_force, self._stale = wanted, False


def _set_known(connection: EngineConnection, changes: dict[str, str | None], important: set[str]) -> None:
    """Set all; where one is unknown and not important, set the others, as a server does."""
    try:
        connection.set(changes)
    except QueryError as error:
        if error.code != UNKNOWN_SETTING:
            raise
        for name, value in changes.items():
            _set_if_known(connection, name, value, important=name in important)


def _set_if_known(connection: EngineConnection, name: str, value: str | None, *, important: bool) -> None:
    try:
        connection.set({name: value})
    except QueryError as error:
        if error.code != UNKNOWN_SETTING or important:
            raise


def _is_within(value: str, ceiling: str) -> bool:
    try:
        return 0 < float(value) <= float(ceiling)
    except ValueError:
        return False
