"""Reads just enough of a statement's text: its tokens, the insert that awaits data, what must be refused.

The engine parses; this only closes the gaps between the engine and a server, which the engine itself
cannot tell us about.
"""

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from embedded.clickhouse.errors import NOT_IMPLEMENTED, READONLY, QueryError

_TOKEN = re.compile(
    r"""
    (?P<space> \s+ | --[^\n]* | \#[!\ ][^\n]* | /\*.*?\*/ )
  | (?P<word> [^\W\d][\w$]* )
  | (?P<quoted> `(?:[^`\\]|\\.|``)*` | "(?:[^"\\]|\\.|"")*" )
  | (?P<literal> '(?:[^'\\]|\\.|'')*' | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ | \d[\w.]* )
  | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)


_REACHES_OUT = re.compile(r"file|\\|desc|override", re.IGNORECASE)  # spares most questions a closer look


class Token(NamedTuple):
    kind: str
    text: str
    start: int

    @property
    def word(self) -> str:
        """Upper-case, to be compared with keywords; empty for anything that is not a bare word."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def name(self) -> str:
        """The identifier that it spells, without quotes; empty if it is none."""
        if self.kind == "quoted":
            quote = self.text[0]
            return self.text[1:-1].replace(quote * 2, quote)
        return self.text if self.kind == "word" else ""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class InsertOfBlocks(NamedTuple):
    """An insert whose rows come as blocks from the client."""

    target: str  # the table as it was written
    columns: tuple[str, ...]  # empty for all of them
    column_list: str  # as it was written, with its brackets
    settings: str  # what stood after SETTINGS

    def reading(self, path: str) -> str:
        """The same insert with its rows read from a file of blocks."""
        clause = f" SETTINGS {self.settings}" if self.settings else ""
        return (
            f"INSERT INTO {self.target} {self.column_list} FROM INFILE {literal(path)}{clause} FORMAT Native"
        )


def tokens(sql: str) -> list[Token]:
    """Without spaces and comments."""
    return [token for token in _tokens(sql) if token.kind != "space"]


def literal(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def identifier(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"


def insert_of_blocks(sql: str) -> InsertOfBlocks | None:
    """The insert that the client's blocks belong to; None if the text brings its own rows or query."""
    if "insert" not in sql[:4096].lower():
        return None
    found = tokens(sql)
    if not _ends_in_format(found) or [token.word for token in found[:2]] != ["INSERT", "INTO"]:
        return None
    at = 3 if found[2].word == "TABLE" else 2
    if found[at].word == "FUNCTION":
        raise QueryError(NOT_IMPLEMENTED, "Blocks cannot be inserted into a table function here.")
    name_end = _end_of_name(found, at)
    list_end = _end_of_brackets(found, name_end)
    clause = found[list_end].word
    if clause not in ("VALUES", "FORMAT", "SETTINGS"):
        return None
    column_list = found[name_end:list_end]
    return InsertOfBlocks(
        target=sql[found[at].start : found[name_end - 1].end],
        columns=tuple(_names(column_list)),
        column_list=sql[column_list[0].start : column_list[-1].end] if column_list else "",
        settings=_settings_text(sql, found, list_end) if clause == "SETTINGS" else "",
    )


def without_format(sql: str) -> str:
    """A client of this protocol is always answered in blocks: a FORMAT at the end says nothing to it."""
    if "format" not in sql.lower():
        return sql
    found = tokens(sql)
    for at in range(max(len(found) - 2, 0), 0, -1):
        if found[at].word == "FORMAT" and found[at + 1].kind == "word":
            rest = found[at + 2 :]
            if not rest or rest[0].word == "SETTINGS" or [token.text for token in rest] == [";"]:
                return sql[: found[at].start] + sql[found[at + 1].end :]
    return sql


def without_semicolon(sql: str) -> str:
    found = tokens(sql)
    return sql[: found[-1].start] if found and found[-1].text == ";" else sql


def refuse_totals(sql: str) -> None:
    """The engine would drop the totals without a word."""
    if "totals" not in sql.lower():
        return
    words = [token.word for token in tokens(sql)]
    if ("WITH", "TOTALS") in itertools.pairwise(words):
        raise QueryError(
            NOT_IMPLEMENTED, "WITH TOTALS is not answered by this server; ask for the sum apart."
        )


def refuse_to_reader(sql: str) -> None:
    """What the engine lets through although readonly=1 stands: each of these reaches outside the tables.

    `file()` as a function reads any file of this machine, DESCRIBE of a table function opens what it
    names, and EXPLAIN TABLE OVERRIDE connects to it.
    """
    if not _REACHES_OUT.search(sql):
        return
    found = tokens(sql)
    words = [token.word for token in found]
    if any(_calls_file(found, at) for at in range(len(found))):
        raise QueryError(READONLY, "file: a read-only user cannot read files.")
    if words[:1] in (["DESCRIBE"], ["DESC"]) and _describes_function(found):
        raise QueryError(READONLY, "A read-only user can describe tables and queries, not table functions.")
    if words[:3] == ["EXPLAIN", "TABLE", "OVERRIDE"]:
        raise QueryError(READONLY, "A read-only user cannot explain a table override.")


def _tokens(sql: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(sql):
        yield Token(str(match.lastgroup), match[0], match.start())


def _ends_in_format(found: list[Token]) -> bool:
    if found and found[-1].text == ";":
        found = found[:-1]
    if len(found) < 4:
        return False
    return found[-1].word == "VALUES" or (found[-2].word == "FORMAT" and found[-1].kind == "word")


def _end_of_name(found: list[Token], at: int) -> int:
    while found[at + 1].text == ".":
        at += 2
    return at + 1


def _end_of_brackets(found: list[Token], at: int) -> int:
    depth = 0
    for position in range(at, len(found)):
        depth += (found[position].text == "(") - (found[position].text == ")")
        if not depth:
            return position + 1 if position > at or found[position].text == ")" else at
    return at


def _names(column_list: list[Token]) -> Iterator[str]:
    """`(a, b.c)`; anything that is computed, as in `(* EXCEPT x)`, is refused."""
    name = ""
    for token in column_list[1:]:
        if token.text in (",", ")"):
            yield name
            name = ""
        elif token.name or token.text == ".":
            name += token.name or "."
        else:
            raise QueryError(NOT_IMPLEMENTED, "An insert of blocks names its columns one by one.")


def _settings_text(sql: str, found: list[Token], at: int) -> str:
    last = next(
        position for position in range(len(found) - 1, at, -1) if found[position].word in ("VALUES", "FORMAT")
    )
    return sql[found[at + 1].start : found[last - 1].end]


def _calls_file(found: list[Token], at: int) -> bool:
    token = found[at]
    hides = token.kind == "quoted" and "\\" in token.text  # an escape may spell anything
    if token.name != "file" and not hides:
        return False
    before = [earlier.word or earlier.text for earlier in found[max(at - 2, 0) : at]]
    after = found[at + 1].text if at + 1 < len(found) else ""
    return after == "(" or before[-1:] == ["APPLY"] or before == ["APPLY", "("]


def _describes_function(found: list[Token]) -> bool:
    at = 2 if found[1:2] and found[1].word == "TABLE" else 1
    return (
        bool(found[at:])
        and bool(found[at].name)
        and any(token.text == "(" for token in found[at + 1 : at + 4])
    )
