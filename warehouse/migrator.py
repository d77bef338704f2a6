"""Brings the warehouse to the state of the migration files, one by one, and remembers where it stands.

Each file is recorded before it runs and after it. A run that is cut short, wherever, leaves its file in
progress; the next run repeats that file from its first statement, which every statement allows.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum

from msgspec import Struct

from runtime.options import ClickHouse
from warehouse.client import Writer
from warehouse.errors import MigrationError
from warehouse.migration_files import Migration

OLDEST_SERVER = (26, 3)  # 25.8 cannot chain the codecs of 0001 and 0002
FEATURE = "migrate_warehouse"
STATES_TABLE = "schema_migrations"


class State(StrEnum):
    PENDING = "pending"
    IN_PROGRESS = "in progress"
    APPLIED = "applied"


class Standing(Struct, frozen=True):
    """One migration and how far it has come."""

    migration: Migration
    state: State


class Recorded(Struct, frozen=True):
    """What the warehouse remembers of a migration."""

    number: int
    name: str
    checksum: str
    state: State


class Migrator:
    """`server` is a writer that needs no database yet, `writer` one of the product's own database."""

    def __init__(
        self, clickhouse: ClickHouse, server: Writer, writer: Writer, migrations: Sequence[Migration]
    ) -> None:
        self._clickhouse = clickhouse
        self._server = server
        self._writer = writer
        self._migrations = migrations

    def standing(self) -> list[Standing]:
        """Every migration in order. Raises MigrationError if files and warehouse contradict each other."""
        self._check_server()
        recorded = self._recorded() if self._is_begun() else {}
        self._refuse_newer(recorded)
        return [self._standing(migration, recorded.get(migration.number)) for migration in self._migrations]

    def plan(self) -> list[Migration]:
        """What `apply` would run."""
        return [each.migration for each in self.standing() if each.state is not State.APPLIED]

    def apply(self, tell: Callable[[Migration, int, int], None]) -> None:
        """Run what is missing; `tell` hears of each statement before it runs. Safe to repeat at any time."""
        pending = self.plan()
        if not pending:
            return
        self._begin()
        for migration in pending:
            self._apply(migration, tell)

    def refill(self, table: str) -> int:
        """Copy once more what migrations copied into a table that lost rows; returns of how many statements.

        Raises MigrationError if none of them fills it.
        """
        applied = [each.migration for each in self.standing() if each.state is State.APPLIED]
        copies = [text for each in applied for text in each.copies_into(table, self._clickhouse.cluster)]
        if not copies:
            raise MigrationError(f"No migration fills {table} from other tables.")
        for statement in copies:
            self._writer.run(statement, feature=FEATURE)
        return len(copies)

    def _apply(self, migration: Migration, tell: Callable[[Migration, int, int], None]) -> None:
        self._record(migration, State.IN_PROGRESS)
        statements = migration.rendered(self._clickhouse.cluster)
        for number, statement in enumerate(statements, start=1):
            tell(migration, number, len(statements))
            self._writer.run(statement, feature=FEATURE)
        self._record(migration, State.APPLIED)

    def _check_server(self) -> None:
        version = str(self._server.value("SELECT version()", feature=FEATURE))
        year, month = (int(part) for part in version.split(".")[:2])
        if (year, month) < OLDEST_SERVER:
            oldest = ".".join(map(str, OLDEST_SERVER))
            raise MigrationError(f"This is ClickHouse {version}; the product needs {oldest} or newer.")

    def _is_begun(self) -> bool:
        return bool(
            self._server.value(
                "SELECT count() FROM system.tables WHERE database = %(database)s AND name = %(name)s",
                {"database": self._clickhouse.database, "name": STATES_TABLE},
                feature=FEATURE,
            )
        )

    def _begin(self) -> None:
        """The database and the table that everything else is recorded in."""
        for statement in first_statements(self._clickhouse.database, self._clickhouse.cluster):
            self._server.run(statement, feature=FEATURE)

    def _recorded(self) -> dict[int, Recorded]:
        rows = self._writer.rows(
            f"SELECT number, name, checksum, state FROM {STATES_TABLE} FINAL ORDER BY number",  # noqa: S608
            feature=FEATURE,
        )
        return {row[0]: Recorded(row[0], row[1], row[2], State(row[3])) for row in rows}

    def _record(self, migration: Migration, state: State) -> None:
        """The later state of a file has the greater rank, so it stands whatever the clock does."""
        values = (migration.number, migration.name, migration.checksum, str(state), list(State).index(state))
        names = ("number", "name", "checksum", "state", "rank")
        self._writer.insert_columns(STATES_TABLE, names, [[value] for value in values], feature=FEATURE)

    def _refuse_newer(self, recorded: dict[int, Recorded]) -> None:
        unknown = [each.name for number, each in recorded.items() if number > len(self._migrations)]
        if unknown:
            raise MigrationError(
                f"The warehouse has {', '.join(unknown)}, which this version of the product does not know:"
                " it was migrated by a newer one. Run that version."
            )

    def _standing(self, migration: Migration, recorded: Recorded | None) -> Standing:
        if recorded is None:
            return Standing(migration, State.PENDING)
        if recorded.checksum != migration.checksum and recorded.state is State.APPLIED:
            raise MigrationError(
                f"{migration.name}.sql was edited after it had been applied. Restore the file, and write the"
                " change as a new migration."
            )
        return Standing(migration, recorded.state)


def first_statements(database: str, cluster: str) -> list[str]:
    """Not a migration: they make the place where migrations are recorded."""
    quoted = "`" + database.replace("\\", "\\\\").replace("`", "\\`") + "`"
    on_cluster = f" ON CLUSTER '{cluster}'" if cluster else ""
    place = f"'/clickhouse/{database}/{STATES_TABLE}', '{{shard}}-{{replica}}'"
    engine = f"ReplicatedReplacingMergeTree({place}, rank)" if cluster else "ReplacingMergeTree(rank)"
    return [
        f"CREATE DATABASE IF NOT EXISTS {quoted}{on_cluster}",
        f"""CREATE TABLE IF NOT EXISTS {quoted}.{STATES_TABLE}{on_cluster}
(
    number      UInt32,
    name        String,
    checksum    String,
    state       String,
    rank        UInt8,
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = {engine}
ORDER BY number""",
    ]
