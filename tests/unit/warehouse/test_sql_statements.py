import pytest

from warehouse.sql_statements import split


def texts(sql: str) -> list[str]:
    return [statement.text for statement in split(sql)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT ';'",
        "SELECT 'it''s; here'",
        r"SELECT 'it\'s; here'",
        'SELECT ";" FROM `a;b`',
        "SELECT 1 -- first; not second\n, 2",
        "SELECT 1 /* a; b\n; */ + 1",
        "SELECT $$a; b$$",
        "SELECT $tag$ $$; $tag$",
        "SELECT 1 # a; b\n + 1",
        "SELECT '-- not a comment', ';'",
    ],
)
def test_a_semicolon_that_separates_nothing_cuts_nothing(statement: str) -> None:
    assert texts(f"{statement};\nSELECT 2;") == [statement, "SELECT 2"]


def test_a_last_statement_needs_no_semicolon() -> None:
    assert texts("SELECT 1;\nSELECT 2\n") == ["SELECT 1", "SELECT 2"]


def test_comments_and_empty_statements_are_no_statements() -> None:
    assert texts("-- about it;\n;;\n/* nothing; */\n") == []


def test_comments_before_a_statement_are_dropped_and_those_inside_are_kept() -> None:
    assert texts("-- about the table\nCREATE -- why\nTABLE t;") == ["CREATE -- why\nTABLE t"]


def test_a_statement_can_be_for_clusters_only() -> None:
    only, both = split("-- cluster only\nSELECT 1;\nSELECT 2;")
    assert only.cluster_only
    assert not both.cluster_only


def test_a_title_is_the_first_line() -> None:
    assert split("CREATE TABLE t\n(a Int8);")[0].title == "CREATE TABLE t"
