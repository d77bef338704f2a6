"""What the migrations made is what `warehouse.tables` declares."""

import re

import pytest

from warehouse.client import Writer
from warehouse.tables import TABLES, VIEWS, Table, View

FEATURE = "test"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_has_the_declared_columns_in_order(writer: Writer, table: Table) -> None:
    rows = writer.rows(
        "SELECT name, trimRight(type || ' ' || default_kind) FROM system.columns"
        " WHERE database = currentDatabase() AND table = %(table)s ORDER BY position",
        {"table": table.name},
        feature=FEATURE,
    )
    assert rows == list(table.columns.items())


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_has_the_declared_engine_and_keys(writer: Writer, table: Table) -> None:
    ((engine_full, partition_key, sorting_key),) = writer.rows(
        "SELECT engine_full, partition_key, sorting_key FROM system.tables"
        " WHERE database = currentDatabase() AND name = %(table)s",
        {"table": table.name},
        feature=FEATURE,
    )
    engine = re.split(r" (?:PARTITION|ORDER) BY ", engine_full)[0]
    assert (engine, partition_key, sorting_key) == (table.engine, table.partition_key, table.sorting_key)


def test_there_is_no_table_that_nobody_declared(writer: Writer) -> None:
    rows = writer.rows("SELECT name FROM system.tables WHERE database = currentDatabase()", feature=FEATURE)
    declared = {table.name for table in TABLES} | {view.name for view in VIEWS} | {"schema_migrations"}
    assert {name for (name,) in rows} == declared


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_a_view_reads_and_fills_what_is_declared(writer: Writer, view: View) -> None:
    ddl = str(writer.value(f"SHOW CREATE TABLE {view.name}", feature=FEATURE))
    (target,) = re.findall(r" TO \w+\.(\w+)\s", ddl)
    (source,) = re.findall(r"\nFROM \w+\.(\w+)", ddl)
    assert (source, target) == (view.source, view.target)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_a_view_selects_the_columns_of_its_target_in_order_and_leaves_none_out(
    writer: Writer, view: View
) -> None:
    (target,) = [table for table in TABLES if table.name == view.target]
    rows = writer.rows(
        "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = %(view)s"
        " ORDER BY position",
        {"view": view.name},
        feature=FEATURE,
    )
    stored = [name for name, kind in target.columns.items() if not kind.endswith((" ALIAS", " DEFAULT"))]
    assert [name for (name,) in rows] == stored
