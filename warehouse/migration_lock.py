"""One migrator at a time, by a lock in Postgres: ClickHouse has none, and this one falls with its holder."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

LOCK = 4_711_000_017  # any number that no other lock of this database has


@contextmanager
def migration_lock(say_waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock for the block; `say_waiting` is called before waiting for another holder to end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (held,) = cursor.fetchone() or (False,)
        if not held:
            say_waiting()
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
