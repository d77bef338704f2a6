"""What `warehouse_status`, the doctor and the health page tell about ClickHouse."""

from msgspec import Struct

from warehouse.client import Reader
from warehouse.errors import WarehouseRefused
from warehouse.migration_files import read_migrations
from warehouse.migrator import STATES_TABLE, State

FEATURE = "warehouse_status"
NOTHING_THERE_YET = (60, 81)  # no such table, no such database


class TableStatus(Struct, frozen=True):
    name: str
    rows: int
    bytes_on_disk: int
    parts: int


class WarehouseStatus(Struct, frozen=True):
    version: str
    uptime_seconds: int
    memory_bytes: int
    tables: list[TableStatus]

    @property
    def bytes_on_disk(self) -> int:
        return sum(table.bytes_on_disk for table in self.tables)

    @property
    def parts(self) -> int:
        return sum(table.parts for table in self.tables)


def warehouse_status(reader: Reader) -> WarehouseStatus:
    ((version, uptime, memory),) = reader.rows(
        "SELECT version(), uptime(), (SELECT value FROM system.metrics WHERE metric = 'MemoryTracking')",
        feature=FEATURE,
    )
    tables = reader.rows(
        "SELECT table, sum(rows), sum(bytes_on_disk), count() FROM system.parts"
        " WHERE active AND database = currentDatabase() GROUP BY table ORDER BY table",
        feature=FEATURE,
    )
    return WarehouseStatus(version, uptime, memory, [TableStatus(*row) for row in tables])


def pending_migrations(reader: Reader) -> list[str]:
    """The names of those that this version has and the warehouse lacks. Raises WarehouseUnavailable."""
    try:
        rows = reader.rows(f"SELECT number, state FROM {STATES_TABLE} FINAL", feature="health")  # noqa: S608
    except WarehouseRefused as error:
        if error.code not in NOTHING_THERE_YET:
            raise
        rows = []
    applied = {number for number, state in rows if state == State.APPLIED}
    return [migration.name for migration in read_migrations() if migration.number not in applied]
