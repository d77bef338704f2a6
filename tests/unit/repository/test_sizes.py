"""No file and no function grows without somebody splitting it."""

from pathlib import Path

from runtime.options import REPOSITORY
from tests.unit.repository.contracts import root_packages
from tests.unit.repository.sizes import complaints, functions


def tree(folder: Path, *lengths: int, blank_lines: int = 0) -> list[Path]:
    """A package with one function of each length."""
    bodies = ["def f():\n" + "    x = 1\n" * (length - 1) for length in lengths]
    (folder / "rooms.py").write_text("".join(bodies) + "\n" * blank_lines)
    return [folder]


def test_the_product_stays_short() -> None:
    assert complaints([REPOSITORY / package for package in root_packages()]) == []


def test_every_function_is_measured() -> None:
    assert len(functions([REPOSITORY / "runtime"])) > 50


def test_a_short_tree_passes(tmp_path: Path) -> None:
    assert complaints(tree(tmp_path, *[29] * 9, 50, blank_lines=89)) == []


def test_a_function_over_fifty_lines_is_told(tmp_path: Path) -> None:
    [complaint] = complaints(tree(tmp_path, 51, *[5] * 20))
    assert complaint.endswith("rooms.py:1 f has 51 lines")


def test_more_than_one_long_function_in_ten_is_told(tmp_path: Path) -> None:
    [complaint] = complaints(tree(tmp_path, 30, 30, *[5] * 17))
    assert complaint == "only 17 of 19 functions are under 30 lines"


def test_a_file_over_four_hundred_lines_is_told(tmp_path: Path) -> None:
    [complaint] = complaints(tree(tmp_path, 5, blank_lines=396))
    assert complaint.endswith("rooms.py has 401 lines")
