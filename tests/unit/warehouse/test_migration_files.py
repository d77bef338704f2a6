from functools import cache
from pathlib import Path

import pytest

from warehouse.errors import MigrationError
from warehouse.migration_files import CHECKSUMS, FOLDER, Migration, checksum_lines, read_migrations
from warehouse.tables import TABLES, Table

REPEATABLE = "CREATE TABLE IF NOT EXISTS t (a Int8) ENGINE = Memory;"


def folder_of(path: Path, **files: str) -> Path:
    for name, sql in files.items():
        (path / f"{name}.sql").write_text(sql)
    return path


def migration(sql: str) -> Migration:
    return Migration(1, "0001_it", sql)


@cache
def on_a_cluster() -> list[str]:
    """Every statement that is shipped."""
    return [text for each in read_migrations() for text in each.rendered("ads")]


def test_the_shipped_files_are_those_that_were_shipped() -> None:
    """An edited file would never reach a warehouse that has it. Write a new migration; add its line."""
    assert (FOLDER / CHECKSUMS).read_text() == checksum_lines(read_migrations())


def test_an_edited_file_would_be_noticed(tmp_path: Path) -> None:
    before = checksum_lines(read_migrations(folder_of(tmp_path, **{"0001_it": REPEATABLE})))
    after = checksum_lines(read_migrations(folder_of(tmp_path, **{"0001_it": f"{REPEATABLE}\n"})))
    assert before != after


@pytest.mark.parametrize("name", ["1_it", "0001-it", "0001_It"])
def test_a_file_that_is_named_otherwise_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(MigrationError, match="must be named like"):
        read_migrations(folder_of(tmp_path, **{name: REPEATABLE}))


@pytest.mark.parametrize("names", [("0002_it",), ("0001_it", "0003_it"), ("0001_it", "0001_other")])
def test_numbers_have_no_gaps_and_no_doubles(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(MigrationError, match="without a gap"):
        read_migrations(folder_of(tmp_path, **dict.fromkeys(names, REPEATABLE)))


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE t (a Int8) ENGINE = Memory",
        "INSERT INTO t VALUES (1)",
        "INSERT INTO t SELECT 1",
        "ALTER TABLE t ADD COLUMN b Int8",
        "ALTER TABLE t DELETE WHERE a = 1",
        "DROP TABLE t",
        "TRUNCATE TABLE t",
        "RENAME TABLE t TO u",
    ],
)
def test_a_statement_that_cannot_be_run_twice_is_refused(tmp_path: Path, statement: str) -> None:
    with pytest.raises(MigrationError, match="cannot be run twice"):
        read_migrations(folder_of(tmp_path, **{"0001_it": statement}))


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE t{{local}} {{on_cluster}} ADD COLUMN IF NOT EXISTS b Int8",
        "ALTER TABLE t MODIFY QUERY SELECT 1",
        "DROP VIEW IF EXISTS v",
        "INSERT INTO t (a, b) SELECT a, max(b) FROM u GROUP BY a",
        "create materialized view if not exists v to t as select 1",
    ],
)
def test_a_statement_that_can_be_run_twice_is_taken(tmp_path: Path, statement: str) -> None:
    assert len(read_migrations(folder_of(tmp_path, **{"0001_it": statement}))) == 1


def test_an_unknown_placeholder_is_refused() -> None:
    with pytest.raises(MigrationError, match="nowhere"):
        migration("CREATE TABLE IF NOT EXISTS t{{nowhere}} (a Int8)").rendered("")


def test_on_one_node_a_table_is_the_table() -> None:
    sql = "CREATE TABLE IF NOT EXISTS t{{local}} {{on_cluster}} ENGINE = {{replicated}}MergeTree;"
    only = "-- cluster only\nCREATE TABLE IF NOT EXISTS t {{on_cluster}} AS t{{local}};"
    (statement,) = migration(sql + only).rendered("")
    assert " ".join(statement.split()) == "CREATE TABLE IF NOT EXISTS t ENGINE = MergeTree"


def test_on_a_cluster_it_is_replicated_parts_and_a_distributed_whole() -> None:
    sql = "CREATE TABLE IF NOT EXISTS t{{local}} {{on_cluster}} ENGINE = {{replicated}}MergeTree;"
    only = "-- cluster only\nCREATE TABLE IF NOT EXISTS t {{on_cluster}} ENGINE = Distributed('{{cluster}}');"
    assert migration(sql + only).rendered("ads") == [
        "CREATE TABLE IF NOT EXISTS t_local ON CLUSTER 'ads' ENGINE = ReplicatedMergeTree",
        "CREATE TABLE IF NOT EXISTS t ON CLUSTER 'ads' ENGINE = Distributed('ads')",
    ]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_has_both_forms_on_a_cluster(table: Table) -> None:
    statements = on_a_cluster()
    name = table.name
    assert any(f"EXISTS {name}_local ON CLUSTER 'ads'\n" in text for text in statements)
    (whole,) = [text for text in statements if f"EXISTS {name} ON CLUSTER 'ads' AS {name}_local" in text]
    assert f"Distributed('ads', currentDatabase(), '{name}_local'," in whole


def test_every_engine_is_replicated_on_a_cluster() -> None:
    for statement in on_a_cluster():
        if "ENGINE = " in statement:
            assert "ENGINE = Replicated" in statement or "ENGINE = Distributed" in statement


def test_every_statement_names_the_cluster_but_for_rows_which_the_whole_spreads() -> None:
    for statement in on_a_cluster():
        if statement.startswith("INSERT"):
            assert "_local" not in statement
        else:
            assert "ON CLUSTER 'ads'" in statement


def test_views_read_what_lies_here_and_write_to_the_whole() -> None:
    """A visitor's shard is another than the campaign's."""
    views = [text for text in on_a_cluster() if "VIEW" in text]
    assert views
    for view in views:
        target = view.split(" TO ")[1].split()[0]
        source = view.split("\nFROM ")[1].split()[0].rstrip(";")
        assert not target.endswith("_local")
        assert source.endswith("_local")
