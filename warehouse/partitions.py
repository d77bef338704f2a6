"""Partitions of a table: which there are, and how they go, whole or without some workspaces.

Rows go in no other way: OPTIMIZE … CLEANUP would take deletion rows away while a writer may still bring
what they hide.
"""

from collections.abc import Collection
from uuid import UUID

from runtime.config import configuration
from warehouse.client import Reader, Writer
from warehouse.tables import Table

FEATURE = "retention"


def partitions_of(table: Table, *, reader: Reader, feature: str = FEATURE) -> list[int]:
    """Those that hold rows, oldest first: months like 202611, or days like 20261121."""
    rows = reader.rows(
        f"SELECT DISTINCT toUInt32(partition) AS number FROM {_parts()}"  # noqa: S608
        " WHERE active AND database = currentDatabase() AND table = %(table)s ORDER BY number",
        {"table": _local(table)},
        feature=feature,
    )
    return [partition for (partition,) in rows]


def drop_partition(table: Table, partition: int, *, writer: Writer) -> None:
    """At once, whatever its size (a server's default refuses beyond 50 GB); again is fine."""
    writer.run(
        f"ALTER TABLE {_place(table)} DROP PARTITION ID '{partition:d}'"
        " SETTINGS max_partition_size_to_drop = 0",
        feature=FEATURE,
    )


def delete_from_month(table: Table, month: int, workspaces: Collection[UUID], *, writer: Writer) -> None:
    """Rewrites what others have in this month, so it is not asked for where nothing would go."""
    writer.run(
        f"ALTER TABLE {_place(table)} DELETE IN PARTITION ID '{month:d}'"
        " WHERE workspace_id IN %(workspaces)s SETTINGS mutations_sync = 2",
        {"workspaces": tuple(workspaces)},
        feature=FEATURE,
    )


def _place(table: Table) -> str:
    cluster = configuration().clickhouse.cluster
    return f"{_local(table)} ON CLUSTER '{cluster}'" if cluster else table.name


def _local(table: Table) -> str:
    return f"{table.name}_local" if configuration().clickhouse.cluster else table.name


def _parts() -> str:
    cluster = configuration().clickhouse.cluster
    return f"clusterAllReplicas('{cluster}', system.parts)" if cluster else "system.parts"
