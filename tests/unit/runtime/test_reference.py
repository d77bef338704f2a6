"""The generated pages say what the code says."""

from pathlib import Path

import pytest
import yaml

from runtime.catalogue import Option, every_option
from runtime.config import read_configuration
from runtime.configuration_reference import configuration_page, example_file
from runtime.options import REPOSITORY, Options
from runtime.reference import PAGES, stale_pages, write_pages


def test_the_reference_pages_are_current() -> None:
    assert stale_pages(REPOSITORY) == [], "run `make reference`"


def test_a_page_that_is_missing_or_differs_is_stale(tmp_path: Path) -> None:
    assert stale_pages(tmp_path) == list(PAGES)
    write_pages(tmp_path)
    assert stale_pages(tmp_path) == []
    page = tmp_path / "docs/reference/configuration.md"
    page.write_text(page.read_text().replace("8000", "8001"))
    assert stale_pages(tmp_path) == ["docs/reference/configuration.md"]


@pytest.fixture(scope="module")
def rows() -> list[str]:
    return configuration_page().splitlines()


@pytest.mark.parametrize("option", list(every_option()), ids=lambda option: option.variable)
def test_the_configuration_page_tells_name_key_and_meaning(option: Option, rows: list[str]) -> None:
    [row] = [line for line in rows if f"| `{option.file_key}` |" in line]
    assert f"`{option.variable}`" in row
    assert option.description in row
    assert option.description, f"{option.file_key} says nothing of itself"


def test_the_example_file_changes_nothing_as_it_stands() -> None:
    assert yaml.safe_load(example_file()) is None


def test_the_example_file_uncommented_is_the_default() -> None:
    lines = example_file().split("\n\n", 1)[1].splitlines()
    text = "\n".join(line.removeprefix("# ") for line in lines)
    options = read_configuration({}, text)
    given = [option for option in every_option() if not option.secret]
    assert [option.value_in(options) for option in given] == [option.value_in(Options()) for option in given]
