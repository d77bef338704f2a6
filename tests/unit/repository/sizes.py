"""Measures the tail: good code bases agree on the middle, they differ in the longest functions."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
LONG_FUNCTION = 30
SHARE_OF_SHORT_ONES = 0.9
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")  # what statements lie in


class Sized(NamedTuple):
    name: str
    lines: int


def source_files(packages: Sequence[Path]) -> list[Path]:
    """Python files without migrations, which are written once and never read for their beauty."""
    return sorted(
        path for package in packages for path in package.rglob("*.py") if "migrations" not in path.parts
    )


def files(packages: Sequence[Path]) -> list[Sized]:
    return [Sized(str(path), len(path.read_text().splitlines())) for path in source_files(packages)]


def functions(packages: Sequence[Path]) -> list[Sized]:
    return [found for path in source_files(packages) for found in _functions_of(path)]


def _functions_of(path: Path) -> Iterator[Sized]:
    for node in _statements(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            yield Sized(f"{path}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1)


def _statements(within: ast.AST) -> Iterator[ast.AST]:
    """At every depth, but not the expressions, which hold no function and are most of a tree."""
    for block in BLOCKS:
        for node in getattr(within, block, ()):
            yield node
            yield from _statements(node)


def complaints(packages: Sequence[Path]) -> list[str]:
    """One line for each thing that grew too long."""
    found = [f"{file.name} has {file.lines} lines" for file in files(packages) if file.lines > LONGEST_FILE]
    measured = functions(packages)
    found += [f"{one.name} has {one.lines} lines" for one in measured if one.lines > LONGEST_FUNCTION]
    short = sum(one.lines < LONG_FUNCTION for one in measured)
    if short < SHARE_OF_SHORT_ONES * len(measured):
        found.append(f"only {short} of {len(measured)} functions are under {LONG_FUNCTION} lines")
    return found
