"""What our pages name is there."""

from pathlib import Path

import pytest

from runtime.options import REPOSITORY
from tests.unit.repository.prose import dangling, pages

PAGES = [str(page.relative_to(REPOSITORY)) for page in pages(REPOSITORY)]


def test_the_pages_of_the_product_are_looked_at() -> None:
    assert {"README.md", "CHANGELOG.md", "docs/architecture.md", "docs/adr/README.md"} <= set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_only_what_exists(page: str) -> None:
    assert dangling(REPOSITORY / page, REPOSITORY) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("see `runtime/nowhere.py`", ["path runtime/nowhere.py"]),
        ("see `nowhere.md`", ["path nowhere.md"]),
        ("see [the page](docs/nowhere.md#part)", ["link docs/nowhere.md"]),
        ("run `make coffee`", ["make coffee"]),
        ("set `CA_WEB_PROT`", ["variable CA_WEB_PROT"]),
        ("`rooms/here.py`, `make check`, CA_WEB_PORT, `data/logs/`, [it](https://example.com)", []),
    ],
)
def test_a_name_of_nothing_is_told(tmp_path: Path, text: str, told: list[str]) -> None:
    (tmp_path / "rooms").mkdir()
    (tmp_path / "rooms" / "here.py").touch()
    (tmp_path / "Makefile").write_text("check:\n")
    page = tmp_path / "README.md"
    page.write_text(text)
    assert dangling(page, tmp_path) == told


def test_every_package_has_its_heading_on_the_architecture_page() -> None:
    lines = (REPOSITORY / "docs" / "architecture.md").read_text().splitlines()
    headings = {line.removeprefix("## ").rstrip("/") for line in lines if line.startswith("## ")}
    packages = {path.parent.name for path in REPOSITORY.glob("*/__init__.py")}
    assert packages <= headings


def test_every_decision_is_in_the_index() -> None:
    folder = REPOSITORY / "docs" / "adr"
    index = (folder / "README.md").read_text()
    assert [path.name for path in folder.glob("0*.md") if f"({path.name})" not in index] == []
