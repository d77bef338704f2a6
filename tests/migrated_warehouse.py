"""ClickHouse as the product finds it: migrated, once for all processes of a test run."""

import fcntl
from collections.abc import Iterator
from contextlib import closing, contextmanager

from runtime.config import configuration
from runtime.options import Options
from warehouse.client import writer_of
from warehouse.migration_files import read_migrations
from warehouse.migrator import Migrator


def migrate(options: Options) -> None:
    """As the command does, but for its lock in Postgres, which not every test may use."""
    with closing(writer_of(options, database="default")) as server, closing(writer_of(options)) as writer:
        Migrator(options.clickhouse, server, writer, read_migrations()).apply(lambda *_: None)


def migrate_once() -> None:
    with _alone():
        migrate(configuration())


@contextmanager
def _alone() -> Iterator[None]:
    """The workers of a run share one server."""
    with (configuration().data_dir / "migrate-warehouse.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
