"""What is read out of a statement's text."""

import pytest

from embedded.clickhouse import statements
from embedded.clickhouse.errors import QueryError
from embedded.clickhouse.statements import InsertOfBlocks, insert_of_blocks


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT 1 -- FORMAT x\n, 2", ["SELECT", "1", ",", "2"]),
        ("a /* b ; c */ d", ["a", "d"]),
        ("'it''s' 'it\\'s'", ["'it''s'", "'it\\'s'"]),
        ('`a``b` "c\\"d"', ["`a``b`", '"c\\"d"']),
        ("a$b$ c$b$", ["a$b$", "c$b$"]),
        ("$x$ file( $x$ d", ["$x$ file( $x$", "d"]),
        ("#! comment\n1e5", ["1e5"]),
        ("a 'not closed", ["a", "'", "not", "closed"]),
    ],
)
def test_tokens_are_those_of_the_engine(sql: str, words: list[str]) -> None:
    assert [token.text for token in statements.tokens(sql)] == words


@pytest.mark.parametrize(
    ("sql", "insert"),
    [
        ("INSERT INTO t VALUES", InsertOfBlocks("t", (), "", "")),
        (
            "insert into db.`t 1` (a, `b`, n.c) values;",
            InsertOfBlocks("db.`t 1`", ("a", "b", "n.c"), "(a, `b`, n.c)", ""),
        ),
        ("INSERT INTO TABLE t FORMAT Native", InsertOfBlocks("t", (), "", "")),
        (
            "/* VALUES */ INSERT INTO t (a) SETTINGS x = 'VALUES', y = 1 FORMAT CSV -- end",
            InsertOfBlocks("t", ("a",), "(a)", "x = 'VALUES', y = 1"),
        ),
    ],
)
def test_an_insert_of_blocks_is_recognised(sql: str, insert: InsertOfBlocks) -> None:
    assert insert_of_blocks(sql) == insert


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'INSERT INTO t VALUES'",
        "INSERT INTO t VALUES (1)",
        "INSERT INTO t SELECT 1 FORMAT Null",
        "INSERT INTO t (a) WITH 1 AS x SELECT x FORMAT Null",
        "INSERT INTO t FORMAT CSV 1,2",
        "INSERT INTO t FROM INFILE 'x' FORMAT CSV",
        "EXPLAIN INSERT INTO t VALUES",
        "",
    ],
)
def test_what_brings_its_own_rows_is_no_insert_of_blocks(sql: str) -> None:
    assert insert_of_blocks(sql) is None


@pytest.mark.parametrize(
    "sql", ["INSERT INTO t (* EXCEPT a) VALUES", "INSERT INTO FUNCTION null('a Int8') VALUES"]
)
def test_inserts_that_cannot_be_read_from_blocks_are_refused(sql: str) -> None:
    with pytest.raises(QueryError):
        insert_of_blocks(sql)


def test_an_insert_is_rewritten_to_read_its_blocks_from_a_file() -> None:
    insert = InsertOfBlocks("db.t", ("a",), "(a)", "x = 1")

    assert insert.reading("/p") == "INSERT INTO db.t (a) FROM INFILE '/p' SETTINGS x = 1 FORMAT Native"


@pytest.mark.parametrize(
    ("sql", "without"),
    [
        ("SELECT 1 FORMAT JSON", "SELECT 1 "),
        ("SELECT 1 FORMAT JSON;", "SELECT 1 ;"),
        ("SELECT 1 format csv SETTINGS x = 1", "SELECT 1  SETTINGS x = 1"),
        ("SELECT 1 AS format", "SELECT 1 AS format"),
        ("SELECT format FROM t", "SELECT format FROM t"),
        ("SELECT 'a FORMAT b'", "SELECT 'a FORMAT b'"),
        ("SELECT formatDateTime(x, 'y') FROM t", "SELECT formatDateTime(x, 'y') FROM t"),
    ],
)
def test_a_format_at_the_end_is_taken_away(sql: str, without: str) -> None:
    assert statements.without_format(sql) == without


@pytest.mark.parametrize(
    "sql", ["SELECT 1 WITH TOTALS", "select count() group by a with -- x\n totals having 1"]
)
def test_totals_are_refused(sql: str) -> None:
    with pytest.raises(QueryError):
        statements.refuse_totals(sql)


def test_the_word_totals_alone_is_not_refused() -> None:
    statements.refuse_totals("SELECT totals, 'with totals' FROM totals")


@pytest.mark.parametrize("value", ["", "it's", "back\\slash", "\\'", "é"])
def test_a_literal_is_one_token_that_means_the_value(value: str) -> None:
    (token,) = statements.tokens(statements.literal(value))

    assert token.text[1:-1].replace("\\'", "'").replace("\\\\", "\\") == value
