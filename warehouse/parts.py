"""Parts of tables that are spoilt, or were taken out because they were: then their rows are missing."""

from collections.abc import Iterator
from typing import NamedTuple

from warehouse.client import Reader, Writer

FEATURE = "warehouse_check"
# Who took out a part that held rows, by how ClickHouse's reason begins.
BY_A_PERSON, BY_A_START = "", "broken"


class Part(NamedTuple):
    table: str
    name: str
    reason: str


def spoilt_parts(writer: Writer) -> Iterator[Part]:
    """Reads every file of every table of this node, however long that takes; the reason is the server's."""
    for table in _tables(writer):
        checked = writer.rows(
            f"CHECK TABLE `{table}` SETTINGS check_query_single_value_result = 0, max_execution_time = 0",
            feature=FEATURE,
        )
        yield from (Part(table, name, message) for name, passed, message in checked if not passed)


def parts_taken_out(reader: Reader) -> list[Part]:
    """By a start of ClickHouse or by `part_take_out`, and still lying beside their table."""
    rows = reader.rows(
        "SELECT table, name, reason FROM system.detached_parts"
        " WHERE database = currentDatabase() AND (reason = %(person)s OR startsWith(reason, %(start)s))"
        " ORDER BY table, name",
        {"person": BY_A_PERSON, "start": BY_A_START},
        feature=FEATURE,
    )
    return [Part(*row) for row in rows]


def parts_taken_away(reader: Reader) -> int:
    """Those of them that a start of ClickHouse found spoilt and took out without a word."""
    return sum(part.reason != BY_A_PERSON for part in parts_taken_out(reader))


def part_take_out(table: str, name: str, *, writer: Writer) -> None:
    """Questions about the table are answered again, without the rows of this part."""
    writer.run(f"ALTER TABLE `{table}` DETACH PART %(name)s", {"name": name}, feature=FEATURE)


def part_drop(table: str, name: str, *, writer: Writer) -> None:
    """Of those that were taken out."""
    sql = f"ALTER TABLE `{table}` DROP DETACHED PART %(name)s SETTINGS allow_drop_detached = 1"
    writer.run(sql, {"name": name}, feature=FEATURE)


def _tables(reader: Reader) -> list[str]:
    """Those that keep rows in parts."""
    rows = reader.rows(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
        " ORDER BY name",
        feature=FEATURE,
    )
    return [name for (name,) in rows]
