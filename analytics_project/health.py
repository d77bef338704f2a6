"""What the product needs in order to answer, and whether it is there.

Each check asks its dependency in a thread of its own, so that one that hangs delays no other and no probe.
"""

import pkgutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from time import perf_counter

import structlog
from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django_redis import get_redis_connection

from analytics_project.inquiry import Inquiry
from ingestion.eventlog.opening import event_log
from runtime.telemetry.metrics import Metric, count
from warehouse.client import reader
from warehouse.status import pending_migrations

logger = structlog.get_logger(__name__)

SECONDS_TO_ANSWER = 2.0


class Unready(Exception):
    """A dependency answers and cannot be used yet; the text is shown to whoever asks for our health."""


@dataclass(frozen=True)
class Check:
    """`ask` returns when the dependency can be used, and raises when it cannot.

    What it raises goes to the log alone, for it may name hosts; only Unready speaks to the outside.
    """

    name: str
    ask: Callable[[], None]


@dataclass(frozen=True)
class Finding:
    name: str
    ok: bool
    detail: str
    milliseconds: float


class Examiner:
    """Runs checks side by side. Each runs once at a time, however many probes wait for it."""

    def __init__(self, checks: Sequence[Check], seconds: float = SECONDS_TO_ANSWER) -> None:
        self._checks = checks
        self._seconds = seconds
        questions = {check.name: partial(_find, check) for check in checks}
        self._inquiry: Inquiry[str, Finding] = Inquiry(questions, seconds, "health")

    def examine(self) -> list[Finding]:
        """One finding for each check, after `seconds` at most. Never raises."""
        found = self._inquiry.ask()
        return [found.get(check.name) or self._silent(check) for check in self._checks]

    def _silent(self, check: Check) -> Finding:
        count(Metric.HEALTH_CHECK_FAILURES, check=check.name)
        return Finding(check.name, False, f"did not answer within {self._seconds:g} s", self._seconds * 1000)


def _find(check: Check) -> Finding:
    start = perf_counter()
    try:
        check.ask()
    except Exception as error:
        count(Metric.HEALTH_CHECK_FAILURES, check=check.name)
        logger.warning("health_check_failed", check=check.name, error=str(error).strip())
        detail = str(error) if isinstance(error, Unready) else "does not answer"
    else:
        detail = ""
    return Finding(check.name, not detail, detail, round((perf_counter() - start) * 1000, 1))


# --- the checks --------------------------------------------------------------------------------


def postgres_answers() -> None:
    with _new_connection() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        if cursor.fetchone() != (False,):
            raise Unready("is a standby that takes no writes")


def migrations_are_applied() -> None:
    with _new_connection() as connection, connection.cursor() as cursor:
        applied = set()
        if MigrationRecorder(connection).has_table():
            cursor.execute("SELECT app, name FROM django_migrations")
            applied = set(cursor.fetchall())
    missing = _migrations_of_this_code() - applied
    if missing:
        raise Unready(f"{len(missing)} are not applied: run `manage.py migrate`")


def event_log_answers() -> None:
    event_log().check(SECONDS_TO_ANSWER)


def redis_log_answers() -> None:
    get_redis_connection("redis_log").ping()


def redis_cache_answers() -> None:
    get_redis_connection("default").ping()


def clickhouse_answers() -> None:
    pending = pending_migrations(reader())
    if pending:
        raise Unready(f"has {len(pending)} migrations to come: run `manage.py migrate_warehouse`")


@contextmanager
def _new_connection() -> Iterator[BaseDatabaseWrapper]:
    """A connection opened now: one that stood for hours does not show that another can be opened."""
    connection = connections["default"].copy()
    connection.settings_dict["OPTIONS"] |= {"connect_timeout": 2, "options": "-c statement_timeout=1000"}
    try:
        yield connection
    finally:
        connection.close()


@cache
def _migrations_of_this_code() -> frozenset[tuple[str, str]]:
    """By the names of their files: importing them all would cost each web process its memory."""
    found = set()
    for app in apps.get_app_configs():
        module, _ = MigrationLoader.migrations_module(app.label)
        folder = find_spec(module) if module else None
        if folder:
            files = pkgutil.iter_modules(folder.submodule_search_locations)
            found |= {(app.label, file.name) for file in files}
    return frozenset(found)


# One line for each dependency.
CHECKS = (
    Check("postgres", postgres_answers),
    Check("migrations", migrations_are_applied),
    Check("event_log", event_log_answers),
    Check("redis_log", redis_log_answers),
    Check("redis_cache", redis_cache_answers),
    Check("clickhouse", clickhouse_answers),
)


@cache
def examiner() -> Examiner:
    """Made at the first probe, because threads do not outlive a fork."""
    return Examiner(CHECKS)
