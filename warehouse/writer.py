"""Fills the declared tables, a column at a time: half the work of rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from warehouse import client
from warehouse.client import Writer
from warehouse.tables import Table

Columns = Mapping[str, Sequence[Any]]


def insert(table: Table, columns: Columns, *, feature: str, writer: Writer | None = None) -> int:
    """Returns the number of rows once they lie in the table and in all its views; none sent, none asked.

    A column that is left out takes its type's empty value. Raises WarehouseUnavailable if the outcome is
    unknown: the same rows may be inserted again, they replace themselves. Raises ValueError for columns that
    the table does not take or that differ in length.
    """
    _check(table, columns)
    if not any(columns.values()):
        return 0
    door = writer or client.writer()
    return door.insert_columns(table.name, tuple(columns), tuple(columns.values()), feature=feature)


def _check(table: Table, columns: Columns) -> None:
    unknown = columns.keys() - set(table.inserted)
    if unknown:
        raise ValueError(
            f"{table.name} takes no {', '.join(sorted(unknown))}; it takes {', '.join(table.inserted)}."
        )
    if len({len(values) for values in columns.values()}) > 1:
        lengths = {name: len(values) for name, values in columns.items()}
        raise ValueError(f"The columns for {table.name} differ in length: {lengths}.")
