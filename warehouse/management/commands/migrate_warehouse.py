"""`manage.py migrate_warehouse`: bring ClickHouse to the state of this version, or say what it would take."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from runtime.config import configuration
from warehouse.client import writer_of
from warehouse.errors import MigrationError, WarehouseRefused, WarehouseUnavailable
from warehouse.migration_files import Migration, read_migrations
from warehouse.migration_lock import migration_lock
from warehouse.migrator import Migrator


class Command(BaseCommand):
    help = "Bring the warehouse (ClickHouse) to the state of this version. Safe to repeat at any time."
    requires_system_checks = ()  # nor the time to import every view

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "action",
            nargs="?",
            default="apply",
            choices=("apply", "plan", "status", "refill"),
            help="apply what is missing (the default), print its SQL, print where every migration stands, or "
            "fill a table that lost rows from the others, as the migration did that brought it",
        )
        parser.add_argument("table", nargs="?", help="the table to refill")

    def handle(self, *args: Any, action: str, table: str | None, **options: Any) -> None:
        if (action == "refill") != bool(table):
            raise CommandError("Name a table with refill, such as last_received, and with nothing else.")
        try:
            if table:
                self.refill(table)
            else:
                getattr(self, action)()
        except (MigrationError, WarehouseUnavailable, WarehouseRefused) as error:
            raise CommandError(str(error)) from error

    def apply(self) -> None:
        with migration_lock(self._say_waiting), _migrator() as migrator:
            migrator.apply(self._tell)
        self.stdout.write("The warehouse is up to date.")

    def plan(self) -> None:
        cluster = configuration().clickhouse.cluster
        with _migrator() as migrator:
            pending = migrator.plan()
        for migration in pending:
            self.stdout.write(f"-- {migration.name}")
            for statement in migration.rendered(cluster):
                self.stdout.write(f"{statement};\n")

    def status(self) -> None:
        with _migrator() as migrator:
            standing = migrator.standing()
        for each in standing:
            self.stdout.write(f"{each.state:<12} {each.migration.name}")

    def refill(self, table: str) -> None:
        with migration_lock(self._say_waiting), _migrator() as migrator:
            copies = migrator.refill(table)
        self.stdout.write(f"{table} was filled by {copies} statements.")

    def _say_waiting(self) -> None:
        self.stdout.write("Another migration is running; waiting for it to end.")
        self.stdout.flush()  # whoever reads it by a pipe would hear of it after the wait

    def _tell(self, migration: Migration, number: int, count: int) -> None:
        self.stdout.write(f"{migration.name} {number}/{count}")
        self.stdout.flush()


@contextmanager
def _migrator() -> Iterator[Migrator]:
    options = configuration()
    with closing(writer_of(options, database="default")) as server, closing(writer_of(options)) as writer:
        yield Migrator(options.clickhouse, server, writer, read_migrations())
