"""What `warehouse_status`, the doctor and the health page tell about ClickHouse."""

from msgspec import Struct

from warehouse.client import Reader

FEATURE = "warehouse_status"


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


def ping(reader: Reader) -> None:
    """Raises WarehouseUnavailable or WarehouseRefused unless it answers."""
    reader.value("SELECT 1", feature="health")
