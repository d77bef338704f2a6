"""Cuts a migration file into statements: a semicolon in a literal, a comment or a heredoc cuts nothing."""

import re
from collections.abc import Iterator

from msgspec import Struct

CLUSTER_ONLY = "-- cluster only"

_PIECE = re.compile(
    r"""
    (?P<comment> --[^\n]* | \#[!\ ][^\n]* | /\*.*?\*/ )
  | (?P<quoted> '(?:[^'\\]|\\.|'')*' | `(?:[^`\\]|\\.|``)*` | "(?:[^"\\]|\\.|"")*" )
  | (?P<heredoc> \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ )
  | (?P<cut> ; )
  | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)


class Statement(Struct, frozen=True):
    """One statement as it stands in the file, placeholders and all."""

    text: str
    cluster_only: bool

    @property
    def title(self) -> str:
        """Its first line: enough for a person to know it."""
        return self.text.splitlines()[0]


def split(sql: str) -> list[Statement]:
    """The statements of a file in order. Comments before one are dropped, but for `-- cluster only`."""
    statements = []
    for comments, text in _cut(sql):
        if text:
            statements.append(Statement(text, CLUSTER_ONLY in comments))
    return statements


def _cut(sql: str) -> Iterator[tuple[list[str], str]]:
    comments: list[str] = []
    text = ""
    for piece in _PIECE.finditer(sql):
        if piece.lastgroup == "cut":
            yield comments, text.strip()
            comments, text = [], ""
        elif piece["comment"] and not text.strip():
            comments.append(piece[0])
        else:
            text += piece[0]
    yield comments, text.strip()
