"""The page of problem codes says what the code says."""

from pathlib import Path

import pytest

from api.problem_codes import ProblemCode
from api.problems_reference import PAGE, problems_page, write


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == problems_page(), "Run `make reference`."


def test_a_stale_page_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "problems.md"
    write(page)
    assert page.read_text() == problems_page()
    page.write_text(page.read_text().replace("404", "405"))
    assert page.read_text() != problems_page()


@pytest.mark.parametrize("kind", ProblemCode, ids=lambda kind: kind.code)
def test_it_tells_status_and_title_of_each_code(kind: ProblemCode) -> None:
    [row] = [line for line in problems_page().splitlines() if line.startswith(f"| `{kind.code}` |")]
    assert f" {int(kind.status)} " in row
    assert kind.title in row
