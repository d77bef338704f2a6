"""Finds in our pages what names a thing of the repository, so that a test can see whether it is there."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from runtime.catalogue import FILE_SUFFIX, every_option
from runtime.config import CONFIG_FILE

# What a running copy or its owner makes, so that a fresh clone does not have it.
MADE_LATER = ("data/", "config/config.yaml", ".venv/")
READ_BY_THE_SUITE = {"CA_TEST_CLICKHOUSE"}

_IN_BACKTICKS = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"(?:[\w.-]+/)+[\w.*-]*|[\w-]+\.(?:py|md|cfg|toml|yaml|txt|sql|sh)")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
_TARGET = re.compile(r"`make ([a-z][a-z-]*)")
_VARIABLE = re.compile(r"\bCA_[A-Z][A-Z_]*[A-Z]\b")


def pages(root: Path) -> list[Path]:
    return sorted([*root.glob("*.md"), *root.glob("docs/**/*.md")])


def dangling(page: Path, root: Path) -> list[str]:
    """What this page names and nobody finds."""
    text = page.read_text()
    return [
        *(f"path {name}" for name in _paths(text) if not _exists(name, page, root)),
        *(f"link {name}" for name in _LINK.findall(text) if not _exists(name, page, root)),
        *(f"make {name}" for name in _TARGET.findall(text) if name not in _targets(root)),
        *(f"variable {name}" for name in _VARIABLE.findall(text) if name not in _variables()),
    ]


def _paths(text: str) -> Iterator[str]:
    for quoted in _IN_BACKTICKS.findall(text):
        if _PATH.fullmatch(quoted) and not quoted.startswith(MADE_LATER):
            yield quoted


def _exists(name: str, page: Path, root: Path) -> bool:
    """From the root, from the page's own folder, or, without a folder, anywhere; `*` stands for some file."""
    if any(any(base.glob(name.rstrip("/"))) for base in (root, page.parent)):
        return True
    return any(any(room.rglob(name)) for room in _rooms(root)) if "/" not in name else False


def _rooms(root: Path) -> list[Path]:
    return [path for path in root.iterdir() if path.is_dir() and not path.name.startswith((".", "data"))]


def _targets(root: Path) -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (root / "Makefile").read_text(), re.MULTILINE))


@cache
def _variables() -> set[str]:
    names = {option.variable for option in every_option()}
    return names | {name + FILE_SUFFIX for name in names} | {CONFIG_FILE} | READ_BY_THE_SUITE
